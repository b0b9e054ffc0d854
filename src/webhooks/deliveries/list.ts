import { enumOf } from '../../core/enums.ts'
import { defineList } from '../../core/list/declare.ts'
import { DeliveryState as STATES } from '../../db/generated/enums.ts'

export const WebhookDeliveryState = enumOf('WebhookDeliveryState', STATES, 'How far an event has come to an endpoint.')

export const WebhookDeliveries = defineList({
  model: 'WebhookDelivery',
  filter: {
    webhookEndpointId: 'ID',
    eventId: 'ID',
    eventType: 'String',
    state: WebhookDeliveryState,
    attempts: 'Int',
    lastStatus: 'Int',
    nextAttemptAt: 'DateTime',
    lastAttemptAt: 'DateTime',
    deliveredAt: 'DateTime',
    createdAt: 'DateTime',
  },
  order: [
    'id',
    'eventType',
    'state',
    'attempts',
    'lastStatus',
    'nextAttemptAt',
    'lastAttemptAt',
    'deliveredAt',
    'createdAt',
  ],
  defaultOrder: '-createdAt',
})

export const WebhookAttempts = defineList({
  model: 'WebhookAttempt',
  filter: { number: 'Int', status: 'Int', startedAt: 'DateTime', durationMs: 'Int' },
  order: ['id', 'number', 'status', 'startedAt', 'durationMs'],
  defaultOrder: '-number',
})
