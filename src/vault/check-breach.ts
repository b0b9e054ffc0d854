import { type Context, row, transaction } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { found } from '../core/found.ts'
import { record } from '../core/record.ts'
import type { Transaction } from '../db/client.ts'
import type { PasswordEntry } from '../db/generated/client.ts'
import { opened, SECRETS, TABLE } from './secrets.ts'

type Found = Pick<PasswordEntry, 'breachStatus'> & Partial<Pick<PasswordEntry, 'breachCount' | 'lastBreachCheck'>>

/** What could not be looked up is unknown, unless it is known already: a breach stays one. */
function findingOf(ctx: Context, timesSeen: number | undefined, before: Pick<PasswordEntry, 'breachStatus'>): Found {
  if (timesSeen === undefined) return { breachStatus: before.breachStatus === 'breached' ? 'breached' : 'unknown' }
  const breachStatus = timesSeen > 0 ? 'breached' : 'safe'
  return { breachStatus, breachCount: timesSeen, lastBreachCheck: ctx.clock.now() }
}

const asEvent = ({ id, title, username, url, breachStatus, breachCount, lastBreachCheck }: PasswordEntry) => ({
  ...{ id, title, username, url, breachStatus, breachCount, lastBreachCheck },
})

async function note(tx: Transaction, ctx: Context, entry: PasswordEntry, wasBreached: boolean): Promise<void> {
  const told = { target: { type: TABLE, id: entry.id }, data: asEvent(entry) }
  await record(tx, ctx, { type: `${TABLE}.checked`, ...told })
  if (entry.breachStatus === 'breached' && !wasBreached) await record(tx, ctx, { type: 'vault.breach', ...told })
}

/**
 * Looks an entry's password up among breached ones and marks the entry; `vault.breach` is announced when it is found
 * there for the first time. Nothing is held while others are asked: a password that changed meanwhile is not marked.
 */
export async function checkPasswordBreach(ctx: Context, id: number): Promise<PasswordEntry> {
  const where = row(ctx, id)
  const select = { id: true, secretVersion: true, ...SECRETS }
  const { secretVersion, ...entry } = await found(TABLE, ctx.db.passwordEntry.findUnique({ where, select }))
  const password = opened(ctx, entry).password()
  if (password === null) throw new AppError('CONFLICT', 'This entry has no password.')
  const timesSeen = await ctx.breaches.timesSeen(password)
  return transaction(ctx, async (tx) => {
    const before = await found(TABLE, tx.passwordEntry.findUnique({ where }))
    const data = findingOf(ctx, timesSeen, before)
    const { count } = await tx.passwordEntry.updateMany({ where: { id, secretVersion }, data })
    if (count === 0) throw new AppError('CONFLICT', 'The password changed while it was looked up; check it again.')
    const after = await found(TABLE, tx.passwordEntry.findUnique({ where }))
    await note(tx, ctx, after, before.breachStatus === 'breached')
    return after
  })
}
