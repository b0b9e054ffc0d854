import { builder } from '../../../core/builder.ts'
import { defineList } from '../../../core/list/declare.ts'
import { RevealState } from '../../../vault/grants/type.ts'

export const CredentialGrant = builder.prismaObject('CredentialGrant', {
  description: 'Somebody’s wish to see a credential that needs approval, and what was decided.',
  authScopes: { can: 'credentials:read' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    credentialId: t.exposeID('credentialId'),
    credential: t.relation('credential', { description: 'What it opens.' }),
    userId: t.exposeID('userId'),
    user: t.relation('user', { description: 'Who asked, and who alone may use it.' }),
    reason: t.exposeString('reason', { description: 'Why they want to see it.' }),
    state: t.expose('state', { type: RevealState }),
    singleUse: t.exposeBoolean('singleUse', { description: 'Whether it is used up by the first reveal.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'Until when it can be used.' }),
    decidedById: t.exposeID('decidedById', { nullable: true }),
    decidedBy: t.relation('decidedBy', { nullable: true, description: 'Who approved or refused it.' }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
    usedAt: t.expose('usedAt', { type: 'DateTime', nullable: true, description: 'When it was last used.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
  }),
})

export const CredentialGrants = defineList({
  model: 'CredentialGrant',
  filter: {
    credentialId: 'ID',
    userId: 'ID',
    state: RevealState,
    expiresAt: 'DateTime',
    decidedAt: 'DateTime',
    createdAt: 'DateTime',
  },
  order: ['id', 'state', 'expiresAt', 'decidedAt', 'createdAt'],
  defaultOrder: '-createdAt',
})
