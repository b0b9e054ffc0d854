import { asLeft } from '../../core/as-left.ts'
import { builder } from '../../core/builder.ts'
import { type Context, row } from '../../core/context.ts'
import { found } from '../../core/found.ts'
import { listField, ownedListField } from '../../core/list/connection.ts'
import type { RestMethod, RestRoute } from '../../core/rest.ts'
import { rowField } from '../../core/row-field.ts'
import { WebhookEndpoint } from '../endpoints/type.ts'
import { WebhookAttempts, WebhookDeliveries } from './list.ts'
import { WebhookDelivery } from './type.ts'
import { type Replayed, replayWebhookEvents, retryWebhookDelivery, testWebhookEndpoint } from './verbs.ts'

const VIEW = `id webhookId: webhookEndpointId event eventId messageId state attemptCount responseStatus responseBody durationMs
  error requestBody nextAttemptAt lastAttemptAt deliveredAt createdAt`
const ATTEMPT = 'id number startedAt durationMs status error requestHeaders responseHeaders responseBody'

const route = <M extends RestMethod, P extends string>(method: M, path: P) =>
  ({ dialect: 'devsphere', route: `${method} /api/v1/webhooks${path}`, view: VIEW }) satisfies RestRoute

async function ofEndpoint(ctx: Context, id: number) {
  await found('webhook_endpoint', ctx.db.webhookEndpoint.findUnique({ where: row(ctx, id), select: { id: true } }))
  return { webhookEndpointId: id }
}

async function ofDelivery(ctx: Context, id: number) {
  await found('webhook_delivery', ctx.db.webhookDelivery.findUnique({ where: row(ctx, id), select: { id: true } }))
  return { webhookDeliveryId: id }
}

builder.queryFields((t) => ({
  webhookDeliveries: listField(t, WebhookDeliveries, {
    description: 'What was sent to all endpoints, newest first; kept for 30 days.',
    rest: false,
    authScopes: { can: 'webhooks:manage' },
  }),
  webhookDelivery: rowField(t, WebhookDelivery, 'webhook_delivery', {
    description: 'One delivery. NOT_FOUND where there is none.',
    rest: route('GET', '/deliveries/:id'),
    authScopes: { can: 'webhooks:manage' },
  }),
  webhookEndpointDeliveries: ownedListField(t, WebhookDeliveries, {
    description: 'What was sent to one endpoint, named by its id, newest first. NOT_FOUND where there is none.',
    rest: { ...route('GET', '/:id/deliveries'), list: { params: { state: 'state.eq', event: 'eventType.eq' } } },
    authScopes: { can: 'webhooks:manage' },
    of: ofEndpoint,
  }),
  webhookDeliveryAttempts: ownedListField(t, WebhookAttempts, {
    description: 'The attempts of one delivery, named by its id, the last one first. NOT_FOUND where there is none.',
    rest: { ...route('GET', '/deliveries/:id/attempts'), view: ATTEMPT, list: { params: {} } },
    authScopes: { can: 'webhooks:manage' },
    of: ofDelivery,
  }),
}))

const WebhookReplay = builder.objectRef<Replayed>('WebhookReplay').implement({
  description: 'What a replay set on its way.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'How many events.' }),
    nextSince: t.expose('nextSince', {
      type: 'DateTime',
      nullable: true,
      description: 'At most 10000 are looked at: give this as `since` to go on; null where that was all.',
    }),
    webhookEndpointId: t.exposeID('webhookEndpointId'),
    webhookEndpoint: t.field({
      type: WebhookEndpoint,
      resolve: ({ webhookEndpointId }, _args, ctx) =>
        ctx.db.webhookEndpoint.findUniqueOrThrow({ where: row(ctx, webhookEndpointId) }),
    }),
  }),
})

const ReplayWebhookEventsInput = builder.inputType('ReplayWebhookEventsInput', {
  fields: (t) => ({
    since: t.field({ type: 'DateTime', required: true, description: 'Events are kept for 30 days.' }),
    until: t.field({ type: 'DateTime', description: 'Now unless given.' }),
    failedOnly: t.boolean({ description: 'Leave out what was delivered; false unless given.' }),
  }),
})

builder.mutationFields((t) => ({
  retryWebhookDelivery: t.field({
    type: WebhookDelivery,
    description:
      'Sends an event to its endpoint again, at once. CONFLICT while it is being tried, or the endpoint is disabled.',
    rest: { ...route('POST', '/deliveries/:id/retry'), status: 202 },
    authScopes: { can: 'webhooks:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => retryWebhookDelivery(ctx, id).then(asLeft),
  }),
  testWebhookEndpoint: t.field({
    type: WebhookDelivery,
    description: 'Sends the event `webhook_endpoint.tested` to an endpoint. CONFLICT where it is disabled.',
    rest: { ...route('POST', '/:id/test'), status: 202 },
    authScopes: { can: 'webhooks:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => testWebhookEndpoint(ctx, id).then(asLeft),
  }),
  replayWebhookEvents: t.field({
    type: WebhookReplay,
    description:
      'Sends an endpoint, named by its id, every event since a time again, also those that it never was sent. CONFLICT where it is disabled.',
    rest: { ...route('POST', '/:id/replay'), view: 'count nextSince', status: 202, body: 'input' },
    authScopes: { can: 'webhooks:manage' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: ReplayWebhookEventsInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => replayWebhookEvents(ctx, id, input),
  }),
}))
