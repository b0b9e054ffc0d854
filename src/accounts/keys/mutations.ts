import { limitField } from '../../access/rate-limited-field.ts'
import { builder, type InputFields } from '../../core/builder.ts'
import type { Context } from '../../core/context.ts'
import { ApiKey, KeyFamily } from './api-key.ts'
import { createApiKey, revokeApiKey, rotateApiKey, updateApiKey } from './verbs.ts'

type MadeKey = Awaited<ReturnType<typeof createApiKey>>

const NewApiKey = builder.objectRef<MadeKey>('NewApiKey').implement({
  description: 'A key together with its secret, which is shown this once.',
  authScopes: { can: 'keys:read' },
  fields: (t) => ({
    secret: t.exposeString('secret', { description: 'Send it as `Authorization: Bearer <secret>`.' }),
    apiKey: t.field({ type: ApiKey, resolve: ({ apiKey }) => apiKey }),
  }),
})

const limitsOf = (t: InputFields) => ({
  expiresAt: t.field({ type: 'DateTime', description: 'Never, unless given.' }),
  allowedCidrs: t.stringList({ description: 'Addresses and ranges it works from; none: everywhere.' }),
  bucketCapacity: t.int({ description: 'Tokens in a full bucket; the family’s unless given. Needs `keys:manage`.' }),
  bucketRefillPerSecond: t.field({
    type: 'Decimal',
    description: 'Tokens that come back each second; the family’s unless given. Needs `keys:manage`.',
  }),
})

const CreateApiKeyInput = builder.inputType('CreateApiKeyInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    family: t.field({ type: KeyFamily, required: true }),
    scopes: t.stringList({
      description:
        'In the words of the family’s document. None for an admin key, or for a ClientSt0r key with the whole role.',
    }),
    isAdmin: t.boolean({ description: 'Everything in the organization; dashboard keys only.' }),
    ownerId: t.id({ description: 'The member it belongs to: yourself unless given. Another needs `keys:manage`.' }),
    ...limitsOf(t),
  }),
})

const UpdateApiKeyInput = builder.inputType('UpdateApiKeyInput', {
  description: 'What is left out stays; null clears a field. Scopes can be taken away, never added.',
  fields: (t) => ({ name: t.string(), scopes: t.stringList(), ...limitsOf(t) }),
})

const RotateApiKeyInput = builder.inputType('RotateApiKeyInput', {
  fields: (t) => ({
    overlapSeconds: t.int({
      description: 'How long the old secret still works: 0 unless given, at most 604800 (7 days).',
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
  createApiKey: t.field({
    type: NewApiKey,
    description:
      'Makes a key that allows nothing its maker may not do (FORBIDDEN). Without `keys:manage`: ClientSt0r keys for yourself. RATE_LIMITED beyond 30 a minute.',
    rest: false,
    authScopes: { can: 'keys:read' },
    args: { input: t.arg({ type: CreateApiKeyInput, required: true }) },
    resolve: sensitive((_root, { input }, ctx) => createApiKey(ctx, input)),
  }),
  rotateApiKey: t.field({
    type: NewApiKey,
    description:
      'Gives a key a new secret under the same id. CONFLICT for a revoked one. RATE_LIMITED beyond 30 a minute.',
    rest: false,
    authScopes: { can: 'keys:read' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: RotateApiKeyInput }) },
    resolve: sensitive((_root, { id, input }, ctx) => rotateApiKey(ctx, id, input ?? {})),
  }),
  updateApiKey: t.field({
    type: ApiKey,
    description: 'Changes a key. It never gains permissions. CONFLICT for a revoked one.',
    rest: false,
    authScopes: { can: 'keys:read' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateApiKeyInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateApiKey(ctx, id, input),
  }),
  revokeApiKey: t.field({
    type: ApiKey,
    description: 'Revokes a key for good; it fails on its next request.',
    rest: false,
    authScopes: { can: 'keys:read' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => revokeApiKey(ctx, id),
  }),
}))
