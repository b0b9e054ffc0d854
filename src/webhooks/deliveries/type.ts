import { builder } from '../../core/builder.ts'
import type { Context } from '../../core/context.ts'
import { messageId, messageOf } from '../../core/events/message.ts'
import { mayRead } from '../../core/events/readable.ts'
import { relatedList } from '../../core/list/connection.ts'
import { WebhookAttempts, WebhookDeliveryState } from './list.ts'

/** Whoever manages endpoints reads of an event no more than they could read elsewhere. */
const UNLESS_PERMITTED = 'null without the permission that the event needs'

const EVENT = { eventType: true, event: { select: { type: true, at: true, data: true } } } as const

builder.prismaObject('WebhookAttempt', {
  description: 'One attempt to hand an event over, and what was answered.',
  authScopes: { can: 'webhooks:manage' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    number: t.exposeInt('number', { description: '1 for the first of its delivery.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime' }),
    durationMs: t.exposeInt('durationMs', { description: 'Milliseconds.' }),
    status: t.exposeInt('status', { nullable: true, description: 'The HTTP status; none where nobody answered.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    requestHeaders: t.expose('requestHeaders', {
      type: 'JSON',
      description: 'As they were sent, but for the values of the endpoint’s own headers.',
    }),
    responseHeaders: t.expose('responseHeaders', { type: 'JSON', nullable: true }),
    responseBody: t.string({
      nullable: true,
      description: `The first kilobyte; ${UNLESS_PERMITTED}.`,
      select: { responseBody: true, webhookDelivery: { select: { eventType: true } } },
      resolve: ({ responseBody, webhookDelivery: { eventType } }, _args, ctx) =>
        mayRead(ctx, eventType) ? responseBody : null,
    }),
  }),
})

export const WebhookDelivery = builder.prismaObject('WebhookDelivery', {
  description: 'One event on its way to one endpoint. Kept for 30 days.',
  authScopes: { can: 'webhooks:manage' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    webhookEndpointId: t.exposeID('webhookEndpointId'),
    webhookEndpoint: t.relation('webhookEndpoint'),
    event: t.exposeString('eventType', { description: 'The type of the event: `lead.created`.' }),
    eventId: t.exposeID('eventId'),
    messageId: t.string({
      description: 'What it carries as `webhook-id`, however often it is sent.',
      select: { eventId: true },
      resolve: ({ eventId }) => messageId(eventId),
    }),
    state: t.expose('state', { type: WebhookDeliveryState }),
    attemptCount: t.exposeInt('attempts', { description: 'How often it was tried.' }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is tried next.',
    }),
    lastAttemptAt: t.expose('lastAttemptAt', { type: 'DateTime', nullable: true }),
    durationMs: t.exposeInt('lastDurationMs', {
      nullable: true,
      description: 'Milliseconds that the last attempt took.',
    }),
    responseStatus: t.exposeInt('lastStatus', {
      nullable: true,
      description: 'The HTTP status that the last attempt met; none where nobody answered.',
    }),
    responseBody: t.string({
      nullable: true,
      description: `The first kilobyte of what the last attempt was answered; ${UNLESS_PERMITTED}.`,
      select: { eventType: true, lastResponseBody: true },
      resolve: ({ eventType, lastResponseBody }, _args, ctx) => (mayRead(ctx, eventType) ? lastResponseBody : null),
    }),
    error: t.exposeString('lastError', { nullable: true, description: 'Why the last attempt failed.' }),
    requestBody: t.string({
      nullable: true,
      description: `What is sent; ${UNLESS_PERMITTED}.`,
      select: EVENT,
      resolve: async ({ eventType, event }, _args, ctx) =>
        mayRead(ctx, eventType) ? messageOf({ ...event, organization: await organizationOf(ctx) }) : null,
    }),
    deliveredAt: t.expose('deliveredAt', { type: 'DateTime', nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    attempts: relatedList(t, WebhookAttempts, 'attemptLog', { description: 'The attempts, the last one first.' }),
  }),
})

/** The same for every delivery of a request: the client loads it once for all that ask at the same time. */
const organizationOf = ({ db, organizationId }: Context) =>
  db.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { id: true, name: true } })
