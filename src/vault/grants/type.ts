import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { defineList } from '../../core/list/declare.ts'
import { RevealState as STATES } from '../../db/generated/enums.ts'

export const RevealState = enumOf('RevealState', STATES, 'What became of somebody’s wish to see a secret.')

export const RevealGrant = builder.prismaObject('RevealGrant', {
  description: 'Somebody’s wish to see a secret that needs approval, and what was decided.',
  authScopes: { can: 'vault:read' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    passwordEntryId: t.exposeID('passwordEntryId'),
    passwordEntry: t.relation('passwordEntry', { description: 'What it opens.' }),
    userId: t.exposeID('userId'),
    user: t.relation('user', { description: 'Who asked, and who alone may use it.' }),
    reason: t.exposeString('reason', { description: 'Why they want to see it.' }),
    state: t.expose('state', { type: RevealState }),
    singleUse: t.exposeBoolean('singleUse', { description: 'Whether it is used up by the first reveal.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'Until when it can be used.' }),
    decidedBy: t.relation('decidedBy', { nullable: true, description: 'Who approved or refused it.' }),
    decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
    usedAt: t.expose('usedAt', { type: 'DateTime', nullable: true, description: 'When it was last used.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
  }),
})

export const RevealGrants = defineList({
  model: 'RevealGrant',
  filter: {
    passwordEntryId: 'ID',
    userId: 'ID',
    state: RevealState,
    singleUse: 'Boolean',
    expiresAt: 'DateTime',
    decidedAt: 'DateTime',
    createdAt: 'DateTime',
  },
  order: ['id', 'state', 'expiresAt', 'decidedAt', 'createdAt'],
  defaultOrder: '-createdAt',
})
