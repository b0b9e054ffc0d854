import { builder } from '../core/builder.ts'
import { enumOf } from '../core/enums.ts'
import { ROLES } from '../core/permissions.ts'
import { MembershipStatus } from '../db/generated/enums.ts'

export const Role = enumOf('Role', ROLES, 'What a person may do in an organization.')
export const UserStatus = enumOf(
  'UserStatus',
  MembershipStatus,
  'How a person belongs to an organization: invited, active, disabled for a while, or not any more.',
)

export const User = builder.prismaObject('Membership', {
  name: 'User',
  description: 'A person in this organization.',
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    email: t.string({
      read: { path: ['user', 'email'] },
      select: { user: { select: { email: true } } },
      resolve: ({ user }) => user.email,
    }),
    displayName: t.exposeString('displayName', { description: 'As this organization calls them.' }),
    locale: t.exposeString('locale'),
    role: t.expose('role', { type: Role }),
    status: t.expose('status', { type: UserStatus }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When they were invited or added.' }),
    hasSecondFactor: t.exposeBoolean('hasSecondFactor', {
      description: 'Whether more than a password is asked of them at log-in; false until they have joined.',
      authScopes: { can: 'users:manage' },
    }),
  }),
})
