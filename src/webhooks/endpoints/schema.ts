import { limitField } from '../../access/rate-limited-field.ts'
import { builder, type InputFields } from '../../core/builder.ts'
import type { Context } from '../../core/context.ts'
import { listField } from '../../core/list/connection.ts'
import type { RestMethod, RestRoute } from '../../core/rest.ts'
import { rowField } from '../../core/row-field.ts'
import { WebhookEndpoint, WebhookEndpoints, WebhookState } from './type.ts'
import { createWebhookEndpoint, deleteWebhookEndpoint, rotateWebhookSecret, updateWebhookEndpoint } from './verbs.ts'

const VIEW = `id url description events permissions state disabledReason disabledAt failingSince headers { name value }
  previousSecretExpiresAt createdAt updatedAt`

const route = <M extends RestMethod, P extends string>(method: M, path: P) =>
  ({ dialect: 'devsphere', route: `${method} /api/v1/webhooks${path}`, view: VIEW }) satisfies RestRoute

builder.queryFields((t) => ({
  webhookEndpoints: listField(t, WebhookEndpoints, {
    description: 'Webhook endpoints, newest first.',
    rest: { ...route('GET', ''), list: { params: { state: 'state.eq' } } },
    authScopes: { can: 'webhooks:manage' },
  }),
  webhookEndpoint: rowField(t, WebhookEndpoint, 'webhook_endpoint', {
    description: 'One webhook endpoint. NOT_FOUND where there is none.',
    rest: route('GET', '/:id'),
    authScopes: { can: 'webhooks:manage' },
  }),
}))

const WebhookHeaderInput = builder.inputType('WebhookHeaderInput', {
  description: 'A header that is sent along.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'One of your own, such as X-Environment; none that belongs to the connection, to authorization or to us.',
    }),
    value: t.string({ required: true, description: 'Stored encrypted, and masked when it is read.' }),
  }),
})

const fieldsOf = (t: InputFields) => ({
  description: t.string({ description: 'What it is for.' }),
  headers: t.field({ type: [WebhookHeaderInput], description: 'Sent along; these and no others. At most 20.' }),
})

const URL = 'http or https, at a public host. A redirect is not followed.'
const EVENTS = '`lead.created`, `lead.*` for all of a resource, or `*`; of what you may not read it is not told.'

const CreateWebhookEndpointInput = builder.inputType('CreateWebhookEndpointInput', {
  fields: (t) => ({
    url: t.string({ required: true, description: URL }),
    events: t.stringList({ required: true, description: EVENTS }),
    ...fieldsOf(t),
  }),
})
const UpdateWebhookEndpointInput = builder.inputType('UpdateWebhookEndpointInput', {
  description: 'What is left out stays, and so does the value of a header that is sent back masked.',
  fields: (t) => ({
    url: t.string({ description: URL }),
    events: t.stringList({ description: EVENTS }),
    state: t.field({ type: WebhookState, description: 'What waits for an endpoint is given up when it is disabled.' }),
    ...fieldsOf(t),
  }),
})
const RotateWebhookSecretInput = builder.inputType('RotateWebhookSecretInput', {
  fields: (t) => ({
    overlapSeconds: t.int({
      description: 'How long payloads are signed with the old secret too: 86400 (a day) unless given, at most 604800.',
    }),
  }),
})

/** Secrets are made rarely: whoever makes many at once is stopped, across all processes. */
const sensitive = limitField<Context, object>({
  window: 60,
  max: 30,
  identity: ({ organizationId, actor }) => `${organizationId}:${actor.kind}:${actor.id}`,
})

builder.mutationFields((t) => ({
  createWebhookEndpoint: t.field({
    type: WebhookEndpoint,
    description:
      'Sets up an endpoint and shows the secret that its payloads are signed with, this once. FORBIDDEN for events that you may not read; CONFLICT beyond 50; RATE_LIMITED beyond 30 a minute.',
    rest: { ...route('POST', ''), view: `${VIEW} secret`, status: 201, body: 'input', noStore: true },
    authScopes: { can: 'webhooks:manage' },
    args: { input: t.arg({ type: CreateWebhookEndpointInput, required: true }) },
    resolve: sensitive((_root, { input }, ctx) => createWebhookEndpoint(ctx, input)),
  }),
  updateWebhookEndpoint: t.field({
    type: WebhookEndpoint,
    description:
      'Changes an endpoint. FORBIDDEN where it is told of what you may not read; NOT_FOUND where there is none.',
    rest: { ...route('PATCH', '/:id'), body: 'input' },
    authScopes: { can: 'webhooks:manage' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateWebhookEndpointInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateWebhookEndpoint(ctx, id, input),
  }),
  deleteWebhookEndpoint: t.prismaField({
    type: WebhookEndpoint,
    description: 'Deletes an endpoint with the log of its deliveries, and returns it as it was.',
    rest: { ...route('DELETE', '/:id'), status: 204, view: 'id' },
    authScopes: { can: 'webhooks:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteWebhookEndpoint(ctx, id, query),
  }),
  rotateWebhookSecret: t.field({
    type: WebhookEndpoint,
    description:
      'Gives an endpoint a new secret and shows it, this once. FORBIDDEN where it is told of what you may not read; RATE_LIMITED beyond 30 a minute.',
    rest: { ...route('POST', '/:id/rotate'), view: `${VIEW} secret`, body: 'input', noStore: true },
    authScopes: { can: 'webhooks:manage' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: RotateWebhookSecretInput }) },
    resolve: sensitive((_root, { id, input }, ctx) => rotateWebhookSecret(ctx, id, input ?? {})),
  }),
}))
