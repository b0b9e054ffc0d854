import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { mayRead } from '../../core/events/readable.ts'
import { defineList } from '../../core/list/declare.ts'
import { ActorKind as KINDS } from '../../db/generated/enums.ts'

export const ActorKind = enumOf('ActorKind', KINDS, 'Who acts: a key, somebody signed in, or the server itself.')

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

builder.prismaObject('AuditEvent', {
  description: 'Who did what to what. Written in the transaction of the change, and never changed afterwards.',
  authScopes: { can: 'audit:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    actorKind: t.expose('actorKind', { type: ActorKind }),
    actorId: t.exposeID('actorId', { nullable: true, description: 'The key’s or the person’s id, by `actorKind`.' }),
    actorName: t.exposeString('actorName', { description: 'What the key or the person was called.' }),
    action: t.exposeString('action', { description: '`lead.created`: the type of the event that was announced.' }),
    targetType: t.exposeString('targetType', { description: '`lead`.' }),
    targetId: t.exposeString('targetId'),
    changes: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The fields that changed, without secrets; null without the permission that the event needs.',
      select: { action: true, changes: true },
      resolve: ({ action, changes }, _args, ctx) => (mayRead(ctx, action) ? changes : null),
    }),
    address: t.exposeString('address', { description: 'Where the request came from.' }),
    requestId: t.exposeString('requestId', { description: 'As in the answer’s X-Request-Id.' }),
    at: t.expose('at', { type: 'DateTime' }),
    position: t.int({
      nullable: true,
      description: 'Its place in the organization’s chain, from 1; null for a moment, until it is sealed.',
      select: { seal: { select: { position: true } } },
      resolve: ({ seal }) => seal?.position ?? null,
    }),
    previousHash: t.string({
      nullable: true,
      description: 'The hash of the place before, in hexadecimal; zeros for the first.',
      select: { seal: { select: { previousHash: true } } },
      resolve: ({ seal }) => (seal ? hex(seal.previousHash) : null),
    }),
    hash: t.string({
      nullable: true,
      description: 'SHA-256 over the previous hash and the row, in hexadecimal.',
      select: { seal: { select: { hash: true } } },
      resolve: ({ seal }) => (seal ? hex(seal.hash) : null),
    }),
  }),
})

export const AuditEvents = defineList({
  model: 'AuditEvent',
  filter: {
    actorKind: ActorKind,
    actorId: 'Int',
    actorName: 'String',
    action: 'String',
    targetType: 'String',
    targetId: 'String',
    address: 'String',
    requestId: 'String',
    at: 'DateTime',
  },
  order: ['id', 'at'],
  defaultOrder: '-at',
})
