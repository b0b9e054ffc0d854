import { builder } from '../../../core/builder.ts'
import { listField } from '../../../core/list/connection.ts'
import { rowField } from '../../../core/row-field.ts'
import { ApproveRevealInput, RequestRevealInput } from '../../../vault/grants/schema.ts'
import { CredentialGrant, CredentialGrants } from './type.ts'
import { approveCredential, refuseCredential, requestCredential } from './verbs.ts'

const VIEW = 'id credentialId userId reason state singleUse expiresAt decidedById decidedAt usedAt createdAt'
const at = { dialect: 'baserdb', view: VIEW } as const

builder.queryFields((t) => ({
  credentialGrants: listField(t, CredentialGrants, {
    description: 'Who asked to see credentials that need approval, newest first.',
    rest: {
      ...at,
      route: 'GET /api/v1/credentials/grants',
      list: { params: { credential_id: 'credentialId.eq', user_id: 'userId.eq', state: 'state.eq' } },
    },
    authScopes: { can: 'credentials:read' },
  }),
  credentialGrant: rowField(t, CredentialGrant, 'credential_grant', {
    description: 'One wish to see a credential. NOT_FOUND where there is none.',
    rest: { ...at, route: 'GET /api/v1/credentials/grants/:id' },
    authScopes: { can: 'credentials:read' },
  }),
}))

builder.mutationFields((t) => ({
  requestCredential: t.field({
    type: CredentialGrant,
    description:
      'Asks to see a credential that requires approval, named by its id. CONFLICT where it needs none, or you are waiting already.',
    rest: { ...at, route: 'POST /api/v1/credentials/:id/request', status: 201, body: 'input' },
    authScopes: { can: 'credentials:reveal' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: RequestRevealInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => requestCredential(ctx, id, input),
  }),
  approveCredential: t.field({
    type: CredentialGrant,
    description:
      'Lets whoever asked see the credential. FORBIDDEN to themselves; CONFLICT where it was decided before.',
    rest: { ...at, route: 'POST /api/v1/credentials/grants/:id/approve', body: 'input' },
    authScopes: { can: 'credentials:reveal' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: ApproveRevealInput }) },
    resolve: (_root, { id, input }, ctx) => approveCredential(ctx, id, input ?? {}),
  }),
  refuseCredential: t.field({
    type: CredentialGrant,
    description: 'Turns the wish down. FORBIDDEN to whoever asked; CONFLICT where it was decided before.',
    rest: { ...at, route: 'POST /api/v1/credentials/grants/:id/refuse' },
    authScopes: { can: 'credentials:reveal' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => refuseCredential(ctx, id),
  }),
}))
