import type { Context } from '../../core/context.ts'
import { notFound } from '../../core/errors.ts'
import type { Role } from '../../core/permissions.ts'
import type { Person } from './session.ts'

export type Identity = {
  user: Person
  organizations: { id: number; slug: string; name: string; role: Role }[]
  roles: Role[]
  hasSecondFactor: boolean
}

const PERSON = { id: true, email: true, displayName: true, locale: true } as const
const WHERE_THEY_BELONG = { role: true, organization: { select: { id: true, slug: true, name: true } } } as const
/** These stand for a person; every other credential for one organization. */
const PERSONAL: ReadonlySet<string> = new Set(['token', 'clientst0r'])

/** The person behind the credential. What a key of an organization shows does not tell of its owner's others. */
export function identityOf(ctx: Context): Promise<Identity> {
  const { actor, credential, organizationId } = ctx
  const id = actor.userId ?? -1
  const here = PERSONAL.has(credential?.family ?? '') ? {} : { organizationId }
  return ctx.everybody(async (tx) => {
    const user = await tx.user.findUnique({ where: { id }, select: PERSON })
    if (!user) throw notFound('user')
    const where = { id, status: 'active', ...here } as const
    const memberships = await tx.membership.findMany({
      where,
      select: WHERE_THEY_BELONG,
      orderBy: { organizationId: 'asc' },
    })
    const factors = await tx.secondFactor.count({ where: { userId: id, confirmedAt: { not: null } } })
    const organizations = memberships.map(({ role, organization }) => ({ ...organization, role }))
    return {
      user,
      organizations,
      roles: organizations.filter((each) => each.id === organizationId).map(({ role }) => role),
      hasSecondFactor: factors > 0,
    }
  })
}
