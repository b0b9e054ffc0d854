import { defineList } from '../../core/list/declare.ts'
import { Role, UserStatus } from '../user.ts'

export const Users = defineList({
  model: 'Membership',
  type: 'User',
  filter: {
    email: { type: 'String', path: ['user', 'email'] },
    displayName: 'String',
    role: Role,
    status: UserStatus,
    createdAt: 'DateTime',
    hasSecondFactor: 'Boolean',
  },
  search: ['displayName'],
  order: ['id', 'displayName', 'role', 'status', 'createdAt'],
  defaultOrder: 'id',
})

/** Who has left is kept for the rows that name them, and belongs here no more. */
export const PRESENT = { status: { not: 'removed' } } as const
