import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import type { RevealGrant } from '../../db/generated/client.ts'

const GRANT = { name: 'reveal_grant' } as const
const ENTRY = 'password_entry'
const HOUR_MS = 3_600_000
const LONGEST_MS = 30 * 24 * HOUR_MS

const reason = z.string().trim().min(3, 'must say why.').max(500, 'must be at most 500 characters long.')
const request = z.object({ reason })
const approval = z.object({ expiresAt: z.date().nullish(), singleUse: z.boolean().default(true) })

function personOf({ actor }: Context): number {
  if (actor.userId !== null) return actor.userId
  throw new AppError('FORBIDDEN', 'Only a person can do this, and this caller stands for none.')
}

/** One wish of a person for an entry at a time: the entry is held, so that two cannot be made at once. */
export function requestReveal(ctx: Context, id: number, input: Input) {
  const { reason } = validated(request, input)
  const userId = personOf(ctx)
  return createRow(ctx, GRANT, async (tx) => {
    await lockRow(tx, ctx, ENTRY, id)
    const entry = await found(ENTRY, tx.passwordEntry.findUnique({ where: row(ctx, id) }))
    if (!entry.requiresApproval) throw new AppError('CONFLICT', 'This entry needs no approval to be revealed.')
    const wish = { organizationId: ctx.organizationId, passwordEntryId: id, userId }
    if (await tx.revealGrant.findFirst({ where: { ...wish, state: 'pending' } }))
      throw new AppError('CONFLICT', 'You have asked for this already; wait for the answer.')
    return tx.revealGrant.create({ data: { ...wish, reason, createdAt: ctx.clock.now() } })
  })
}

type Decision = Partial<RevealGrant> & { state: 'approved' | 'refused' }

/** By a second person, and once: the grant is held, so that no two decide at the same time. */
const decide = (ctx: Context, id: number, decision: Decision) => {
  const decidedById = personOf(ctx)
  const where = row(ctx, id)
  return updateRow(ctx, GRANT, {
    verb: decision.state,
    read: async (tx) => {
      await lockRow(tx, ctx, 'reveal_grant', id)
      return tx.revealGrant.findUnique({ where })
    },
    write: (tx, { userId, state }) => {
      if (state !== 'pending') throw new AppError('CONFLICT', `This was decided already: ${state}.`)
      if (userId === decidedById)
        throw new AppError('FORBIDDEN', 'Somebody else has to decide this.', { reason: 'second_person' })
      return tx.revealGrant.update({ where, data: { ...decision, decidedById, decidedAt: ctx.clock.now() } })
    },
  })
}

export function approveReveal(ctx: Context, id: number, input: Input) {
  const { singleUse, expiresAt } = validated(approval, input)
  const now = ctx.clock.now().getTime()
  const until = expiresAt ?? new Date(now + HOUR_MS)
  if (until.getTime() <= now) throw invalid('expiresAt', 'must be in the future.')
  if (until.getTime() > now + LONGEST_MS) throw invalid('expiresAt', 'must be within 30 days.')
  return decide(ctx, id, { state: 'approved', singleUse, expiresAt: until })
}

export const refuseReveal = (ctx: Context, id: number) => decide(ctx, id, { state: 'refused' })

type Guarded = { id: number; requiresApproval: boolean }

/**
 * The grant by which the caller may see a guarded entry, noted as used, and used up where it is for once. The entry is
 * held until the secret's audit row is written, so that one grant does not open twice.
 */
export async function useGrant(tx: Transaction, ctx: Context, entry: Guarded): Promise<number | undefined> {
  if (!entry.requiresApproval) return undefined
  const now = ctx.clock.now()
  await lockRow(tx, ctx, ENTRY, entry.id)
  const mine = { organizationId: ctx.organizationId, passwordEntryId: entry.id, userId: ctx.actor.userId ?? -1 }
  const grant = await tx.revealGrant.findFirst({
    where: { ...mine, state: 'approved', expiresAt: { gt: now } },
    orderBy: [{ singleUse: 'asc' }, { id: 'asc' }],
  })
  if (!grant)
    throw new AppError('FORBIDDEN', 'Somebody else has to approve this first; ask with requestReveal.', {
      reason: 'approval_required',
    })
  const data = { usedAt: now, ...(grant.singleUse && { state: 'used' as const }) }
  await tx.revealGrant.update({ where: row(ctx, grant.id), data })
  return grant.id
}
