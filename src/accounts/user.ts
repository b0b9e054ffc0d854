import { builder } from '../core/builder.ts'
import { enumOf } from '../core/enums.ts'
import { ROLES } from '../core/permissions.ts'

export const Role = enumOf('Role', ROLES, 'What a person may do in an organization.')

export const User = builder.prismaObject('Membership', {
  name: 'User',
  description: 'A person in this organization.',
  select: { organizationId: true, userId: true },
  fields: (t) => ({
    id: t.exposeID('userId'),
    email: t.string({
      read: { path: ['user', 'email'] },
      select: { user: { select: { email: true } } },
      resolve: ({ user }) => user.email,
    }),
    displayName: t.string({
      read: { path: ['user', 'displayName'] },
      select: { user: { select: { displayName: true } } },
      resolve: ({ user }) => user.displayName,
    }),
    role: t.expose('role', { type: Role }),
  }),
})
