import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import { ROLES } from '../../core/permissions.ts'
import type { RowOf, Transaction } from '../../db/client.ts'
import { approvals } from './grants/verbs.ts'

type Policy = Pick<RowOf<'Credential'>, 'id' | 'requiresReason' | 'requiresApproval' | 'minimumRole' | 'revealsPerHour'>

export const POLICY = {
  ...{ id: true, requiresReason: true, requiresApproval: true, minimumRole: true, revealsPerHour: true },
} as const

const HOUR_MS = 3_600_000

/** The last reveal that leaves no room for another one: as many were made since as may be made in an hour. */
const IN_THE_WAY = `SELECT at FROM audit_event
  WHERE organization_id = $1 AND target_type = 'credential' AND target_id = $2 AND action = 'credential.revealed' AND at > $3
  ORDER BY at DESC OFFSET $4 LIMIT 1`

export function assertMayReveal({ permissions }: Context): void {
  const need = 'credentials:reveal'
  if (!permissions.has(need)) throw new AppError('FORBIDDEN', `This needs the permission ${need}.`, { need })
}

async function assertRole(tx: Transaction, ctx: Context, { minimumRole }: Policy): Promise<void> {
  const id = ctx.actor.userId
  const member = id === null ? null : await tx.membership.findUnique({ where: row(ctx, id) })
  if (member && ROLES.indexOf(member.role) <= ROLES.indexOf(minimumRole)) return
  const sentence = `This credential is shown to people with the role ${minimumRole}${minimumRole === 'owner' ? '' : ' or above'}.`
  throw new AppError('FORBIDDEN', sentence)
}

async function assertRate(tx: Transaction, ctx: Context, { id, revealsPerHour }: Policy): Promise<void> {
  const now = ctx.clock.now().getTime()
  const asked = [ctx.organizationId, String(id), new Date(now - HOUR_MS), revealsPerHour - 1] as const
  const [last] = await tx.$queryRawUnsafe<{ at: Date }[]>(IN_THE_WAY, ...asked)
  if (!last) return
  const sentence = `This credential is shown at most ${revealsPerHour} times an hour.`
  const retryAfter = Math.max(1, Math.ceil((last.at.getTime() + HOUR_MS - now) / 1000))
  throw new AppError('RATE_LIMITED', sentence, { retryAfter })
}

/** Everything that a policy asks but a reason, of a credential that is held. Answers the grant that was used, where one is needed. */
export async function assertPolicy(tx: Transaction, ctx: Context, policy: Policy): Promise<number | undefined> {
  assertMayReveal(ctx)
  await assertRole(tx, ctx, policy)
  await assertRate(tx, ctx, policy)
  return approvals.use(tx, ctx, policy)
}

export function assertReason({ requiresReason }: Policy, reason: string | undefined): void {
  if (requiresReason && reason === undefined)
    throw invalid('reason', 'is needed: this credential is not shown without one.')
}

/** Whether more can be seen, or more easily, under what is given than before. */
export const loosens = (before: Policy, given: Partial<Policy>): boolean =>
  (before.requiresApproval && given.requiresApproval === false) ||
  (before.requiresReason && given.requiresReason === false) ||
  (before.minimumRole === 'owner' && given.minimumRole === 'admin') ||
  before.revealsPerHour < (given.revealsPerHour ?? 0)
