import type { Command } from '../../command.ts'
import { deliveryCommands } from './deliveries.ts'
import { endpoints } from './endpoints.ts'

export const webhooks: readonly Command[] = [...endpoints, ...deliveryCommands]
