import { builder } from '../../../core/builder.ts'
import { policyOf, VIEW } from '../schema.ts'
import { Credential, CredentialAccess } from '../type.ts'
import { revokeCredential } from './end.ts'
import { issueCredential, rotateCredential } from './verbs.ts'

const at = { dialect: 'baserdb', view: VIEW } as const

const IssueCredentialInput = builder.inputType('IssueCredentialInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    description: t.string(),
    groupId: t.id({ required: true, description: 'Whose tables it opens: those of today, and those that come.' }),
    access: t.field({ type: CredentialAccess, description: 'READ unless given.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'From when it opens nothing any more: in 30 days unless given, within 366 days.',
    }),
    ...policyOf(t),
  }),
})

builder.mutationFields((t) => ({
  issueCredential: t.field({
    type: Credential,
    description:
      'Makes a role of this server’s PostgreSQL that reaches the tables of a group, and nothing else, until it expires. Its URI is shown by `revealCredential`, as the policy says. Needs `tables:read` or `tables:write` as well, by its access. UNAVAILABLE where the server may not make roles.',
    rest: { ...at, route: 'POST /api/v1/credentials/issue', status: 201, body: 'input' },
    authScopes: { can: 'credentials:manage' },
    args: { input: t.arg({ type: IssueCredentialInput, required: true }) },
    resolve: (_root, { input }, ctx) => issueCredential(ctx, input),
  }),
  rotateCredential: t.field({
    type: Credential,
    description:
      'Gives an issued credential another password: the one before opens nothing any more, and its sessions end. CONFLICT where it was not issued here, was revoked, or has expired.',
    rest: { ...at, route: 'POST /api/v1/credentials/:id/rotate' },
    authScopes: { can: 'credentials:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => rotateCredential(ctx, id),
  }),
  revokeCredential: t.field({
    type: Credential,
    description:
      'Takes an issued credential away for good: its sessions end, and its role is dropped. CONFLICT where it was not issued here, or was revoked before.',
    rest: { ...at, route: 'POST /api/v1/credentials/:id/revoke' },
    authScopes: { can: 'credentials:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => revokeCredential(ctx, id),
  }),
}))
