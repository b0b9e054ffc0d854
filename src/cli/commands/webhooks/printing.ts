import type { Context } from '../../../core/context.ts'
import type { Call, Option } from '../../command.ts'
import { inNamed, withApp } from '../../opened.ts'

export const organization: Option = { value: 'slug', required: true, description: 'Whose webhooks.' }
export const endpoint = { name: 'id', description: 'The number that `webhooks list` shows.' }

export const inOrganization = (call: Call, work: (ctx: Context) => Promise<void>): Promise<void> =>
  withApp(call, async (app) => work(await inNamed(app, call.needed('organization'))))

export const moment = (time: Date | null): string => time?.toISOString().replace('.000Z', 'Z') ?? '–'

const INTERNAL = new Set(['organizationId', 'lease'])

/** A row as it is printed for a program. */
export const plain = (row: object) =>
  Object.fromEntries(
    Object.entries(row).flatMap(([key, value]) =>
      INTERNAL.has(key) ? [] : [[key, typeof value === 'bigint' ? String(value) : value]],
    ),
  )
