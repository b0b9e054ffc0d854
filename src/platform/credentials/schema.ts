import { queryFromInfo } from '@pothos/plugin-prisma'
import { Role } from '../../accounts/user.ts'
import { builder, type InputFields } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { rowField } from '../../core/row-field.ts'
import { sensitive } from '../../vault/sensitive.ts'
import { revealCredential } from './reveal.ts'
import { Credential, Credentials, RevealedCredentialType } from './type.ts'
import { createCredential, deleteCredential, updateCredential } from './verbs.ts'

export const VIEW = `id groupId name description kind engine host port database username maskedUri access expiresAt revokedAt
  rotatedAt requiresReason requiresApproval minimumRole revealsPerHour createdAt updatedAt`
const at = { dialect: 'baserdb', view: VIEW } as const

builder.queryFields((t) => ({
  credentials: listField(t, Credentials, {
    description:
      'Credentials by name, their URIs masked. A search looks through name, description, host, database and user name.',
    rest: {
      ...at,
      route: 'GET /api/v1/credentials',
      list: { params: { group_id: 'groupId.eq', kind: 'kind.eq', engine: 'engine.eq', host: 'host.eq' } },
    },
    authScopes: { can: 'credentials:read' },
  }),
  credential: rowField(t, Credential, 'credential', {
    description: 'One credential, its URI masked. NOT_FOUND where there is none.',
    rest: { ...at, route: 'GET /api/v1/credentials/:id' },
    authScopes: { can: 'credentials:read' },
  }),
}))

/** What it takes to see it. */
export const policyOf = (t: InputFields) => ({
  requiresReason: t.boolean({ description: 'Whether nobody sees it without a reason: true unless given.' }),
  requiresApproval: t.boolean({
    description: 'Whether a second person has to approve each reveal: false unless given.',
  }),
  minimumRole: t.field({
    type: Role,
    description: 'OWNER or ADMIN: the least role that may reveal it, ADMIN unless given.',
  }),
  revealsPerHour: t.int({
    description: 'How often in an hour everybody together may reveal it: 1 to 1000, 10 unless given.',
  }),
})
const fieldsOf = (t: InputFields) => ({
  description: t.string({ description: 'Not a place for secrets: it is stored and shown as it is.' }),
  groupId: t.id({ description: 'What it belongs to.' }),
  expiresAt: t.field({ type: 'DateTime', description: 'From when it opens nothing any more; told, not enforced.' }),
  ...policyOf(t),
})

const URI =
  'Like `postgresql://user:password@host:5432/database`; what stands for @ / ? # in a password is percent-encoded. Stored encrypted.'
const CreateCredentialInput = builder.inputType('CreateCredentialInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    uri: t.string({ required: true, description: URI }),
    ...fieldsOf(t),
  }),
})
const UpdateCredentialInput = builder.inputType('UpdateCredentialInput', {
  description:
    'What is left out stays, and so does a URI that is sent back masked; null clears a field. To loosen its policy takes what it asks of whoever reveals. URI, group and end of an issued credential stay as they are.',
  fields: (t) => ({ name: t.string(), uri: t.string({ description: URI }), ...fieldsOf(t) }),
})
const RevealCredentialInput = builder.inputType('RevealCredentialInput', {
  fields: (t) => ({ reason: t.string({ description: 'Why you want to see it; needed where the policy says so.' }) }),
})

builder.mutationFields((t) => ({
  createCredential: t.field({
    type: Credential,
    description: 'Keeps how to connect to a database.',
    rest: { ...at, route: 'POST /api/v1/credentials', status: 201, body: 'input' },
    authScopes: { can: 'credentials:manage' },
    args: { input: t.arg({ type: CreateCredentialInput, required: true }) },
    resolve: (_root, { input }, ctx) => createCredential(ctx, input),
  }),
  updateCredential: t.field({
    type: Credential,
    description: 'Changes a credential. NOT_FOUND where there is none.',
    rest: { ...at, route: 'PATCH /api/v1/credentials/:id', body: 'input' },
    authScopes: { can: 'credentials:manage' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateCredentialInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateCredential(ctx, id, input),
  }),
  deleteCredential: t.prismaField({
    type: Credential,
    description: 'Deletes a credential and returns it as it was; one that was issued is revoked first.',
    rest: { ...at, route: 'DELETE /api/v1/credentials/:id' },
    authScopes: { can: 'credentials:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteCredential(ctx, id, query) as never,
  }),
  revealCredential: t.field({
    type: RevealedCredentialType,
    description:
      'Shows the whole URI, audited. FORBIDDEN where the role is too low or a second person has to approve it first, INVALID_REQUEST without a reason that is needed, CONFLICT where it was revoked, RATE_LIMITED beyond what its policy allows and beyond 30 a minute.',
    rest: {
      dialect: 'baserdb',
      route: 'POST /api/v1/credentials/:id/reveal',
      view: `id uri credential { ${VIEW} }`,
      body: 'input',
      noStore: true,
    },
    authScopes: { can: 'credentials:reveal' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: RevealCredentialInput }) },
    resolve: sensitive((_root, { id, input }, context, info) =>
      revealCredential(context, id, input ?? {}, queryFromInfo({ context, info, path: ['credential'] })),
    ),
  }),
}))
