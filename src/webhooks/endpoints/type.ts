import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { relatedList } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { WebhookState as STATES } from '../../db/generated/enums.ts'
import { WebhookDeliveries } from '../deliveries/list.ts'
import { MASK } from './secrets.ts'

export const WebhookState = enumOf('WebhookState', STATES, 'Whether an endpoint is sent anything.')

/** Set on a row by the verb that makes its secret, and on no other. */
export type Shown = { shown?: string }

const WebhookHeader = builder.objectRef<{ name: string }>('WebhookHeader').implement({
  description: 'A header that is sent along to an endpoint.',
  fields: (t) => ({
    name: t.exposeString('name'),
    value: t.string({ description: `\`${MASK}\`, whatever it is.`, resolve: () => MASK }),
  }),
})

export const WebhookEndpoint = builder.prismaObject('WebhookEndpoint', {
  description: 'An address to which the organization’s events are sent.',
  authScopes: { can: 'webhooks:manage' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    url: t.exposeString('url'),
    description: t.exposeString('description', { description: 'What it is for.' }),
    events: t.exposeStringList('events', { description: '`lead.created`, `lead.*` for all of a resource, or `*`.' }),
    permissions: t.exposeStringList('permissions', {
      description: 'What whoever chose the events could read; of anything else it is not told. `*` is everything.',
    }),
    state: t.expose('state', { type: WebhookState }),
    disabledReason: t.exposeString('disabledReason', { nullable: true, description: 'Why it is disabled.' }),
    disabledAt: t.expose('disabledAt', { type: 'DateTime', nullable: true }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when every attempt has failed; after five days it is disabled.',
    }),
    headers: t.field({
      type: [WebhookHeader],
      description: 'What is sent along, values masked.',
      select: { headerNames: true },
      resolve: ({ headerNames }) => headerNames.map((name) => ({ name })),
    }),
    secret: t.string({
      nullable: true,
      description: 'What payloads are signed with: in the answer that makes it, and null ever after.',
      resolve: (row) => (row as Shown).shown ?? null,
    }),
    previousSecretExpiresAt: t.expose('previousSecretExpiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until then payloads are also signed with the secret before the last rotation.',
    }),
    deliveries: relatedList(t, WebhookDeliveries, 'deliveries', { description: 'What was sent to it, newest first.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const WebhookEndpoints = defineList({
  model: 'WebhookEndpoint',
  filter: {
    url: 'String',
    description: 'String',
    state: WebhookState,
    disabledAt: 'DateTime',
    failingSince: 'DateTime',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['url', 'description'],
  order: ['id', 'url', 'state', 'disabledAt', 'failingSince', 'createdAt', 'updatedAt'],
  defaultOrder: '-createdAt',
})
