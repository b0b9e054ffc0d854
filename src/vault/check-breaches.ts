import type { Context } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import type { BreachStatus } from '../db/generated/enums.ts'
import { checkPasswordBreach } from './check-breach.ts'

const PAGE = 100

export type Looking = {
  /** Entries that were looked up since then are left alone. */
  since?: Date | undefined
  signal?: AbortSignal
  progress?: ((done: number) => void) | undefined
}

export type Looked = Record<BreachStatus, number> & { breachedIds: number[] }

const waiting = (since: Date | undefined) =>
  since ? { OR: [{ lastBreachCheck: null }, { lastBreachCheck: { lt: since } }] } : {}

/** An entry that went away, or changed while it was looked up, is for the next time. */
async function looked(ctx: Context, id: number): Promise<BreachStatus | undefined> {
  try {
    return (await checkPasswordBreach(ctx, id)).breachStatus
  } catch (error) {
    if (error instanceof AppError && (error.code === 'CONFLICT' || error.code === 'NOT_FOUND')) return undefined
    throw error
  }
}

/** Looks up every password of an organization, one after the other. */
export async function checkBreaches(ctx: Context, { since, signal, progress }: Looking = {}): Promise<Looked> {
  const outcome: Looked = { unknown: 0, safe: 0, breached: 0, breachedIds: [] }
  let done = 0
  for (let after = 0; ; ) {
    const where = { id: { gt: after }, hasPassword: true, ...waiting(since) }
    const page = await ctx.db.passwordEntry.findMany({
      where,
      select: { id: true },
      orderBy: { id: 'asc' },
      take: PAGE,
    })
    for (const { id } of page) {
      if (signal?.aborted) return outcome
      const status = await looked(ctx, id)
      if (status) outcome[status] += 1
      if (status === 'breached') outcome.breachedIds.push(id)
      done += 1
      progress?.(done)
    }
    if (page.length < PAGE) return outcome
    after = page.at(-1)!.id
  }
}
