import { bucketOf } from '../../access/key-row.ts'
import { builder } from '../../core/builder.ts'
import { row } from '../../core/context.ts'
import { enumOf } from '../../core/enums.ts'
import { found } from '../../core/found.ts'
import { listField } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { KeyFamily as FAMILIES } from '../../db/generated/enums.ts'
import { ownKeys } from './verbs.ts'

export const KeyFamily = enumOf(
  'KeyFamily',
  FAMILIES,
  'Which document a key follows: its form, its scopes, its bucket.',
)

const BUCKET = { family: true, bucketCapacity: true, bucketRefillPerSecond: true } as const

export const ApiKey = builder.prismaObject('ApiKey', {
  description: 'A credential for programs. Only a hash of its secret is kept.',
  authScopes: { can: 'keys:read' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    family: t.expose('family', { type: KeyFamily }),
    prefix: t.exposeString('prefix', { description: 'The first characters, to recognise it by.' }),
    scopes: t.exposeStringList('scopes', {
      description: 'As granted. A ClientSt0r key without scopes has the permissions of its owner’s role.',
    }),
    isAdmin: t.exposeBoolean('isAdmin', { description: 'Everything in its organization.' }),
    bucketCapacity: t.int({
      description: 'Tokens in a full bucket.',
      select: BUCKET,
      resolve: (key) => bucketOf(key).capacity,
    }),
    bucketRefillPerSecond: t.field({
      type: 'Decimal',
      description: 'Tokens that come back each second.',
      select: BUCKET,
      resolve: (key) => String(bucketOf(key).refillPerSecond),
    }),
    allowedCidrs: t.exposeStringList('allowedCidrs', {
      description: 'Addresses and ranges it works from; none: everywhere.',
    }),
    ownerId: t.exposeID('ownerId'),
    owner: t.relation('owner', { description: 'Who created it; a ClientSt0r key stands for this person.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true }),
    lastUsedAddress: t.exposeString('lastUsedAddress', { nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
    previousExpiresAt: t.expose('previousExpiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Until then the secret before the last rotation still works.',
    }),
  }),
})

export const ApiKeys = defineList({
  model: 'ApiKey',
  filter: {
    family: KeyFamily,
    name: 'String',
    prefix: 'String',
    isAdmin: 'Boolean',
    ownerId: 'ID',
    createdAt: 'DateTime',
    expiresAt: 'DateTime',
    lastUsedAt: 'DateTime',
    revokedAt: 'DateTime',
  },
  order: ['id', 'name', 'createdAt', 'expiresAt', 'lastUsedAt', 'revokedAt'],
  defaultOrder: '-createdAt',
})

builder.queryFields((t) => ({
  apiKeys: listField(t, ApiKeys, {
    description: 'API keys, newest first: all of them with `keys:manage`, otherwise your own ClientSt0r keys.',
    rest: false,
    authScopes: { can: 'keys:read' },
    where: ownKeys,
  }),
  apiKey: t.prismaField({
    type: ApiKey,
    nullable: true,
    description: 'One API key. NOT_FOUND where there is none, or none of yours.',
    rest: false,
    authScopes: { can: 'keys:read' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) =>
      found(
        'api_key',
        ctx.db.apiKey.findFirst({ ...query, where: { ...row(ctx, id).organizationId_id, ...ownKeys(ctx) } }),
      ),
  }),
}))
