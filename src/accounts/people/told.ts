import { hiddenOf } from '../../core/events/catalogue.ts'
import { told } from '../../core/record.ts'
import type { Prisma } from '../../db/client.ts'

/** What events and audit rows may tell of a member: the hash of an invitation is not even read. */
export const SELECTED = {
  id: true,
  role: true,
  status: true,
  displayName: true,
  locale: true,
  createdAt: true,
  hasSecondFactor: true,
  user: { select: { email: true } },
} as const satisfies Prisma.MembershipSelect

export type Member = Prisma.MembershipGetPayload<{ select: typeof SELECTED }>

export const toldOf = ({ user, ...member }: Member): Record<string, unknown> =>
  told({ ...member, email: user.email }, hiddenOf('user'))
