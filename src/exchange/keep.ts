import { type Context, transaction } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { databaseRefusal } from '../core/public-error.ts'
import type { Transaction } from '../db/client.ts'
import type { Exchange } from './exchange.ts'
import { problemsOf, type Ready, type Refused } from './judge.ts'

/** Does something wholly or not at all. */
export type Attempt = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>

/** The longest that the rows of one batch may take. */
const BATCH_MS = 60_000

/** Each attempt is a transaction of its own. */
export const onItsOwn =
  (ctx: Context): Attempt =>
  (work) =>
    transaction(ctx, work, { timeout: BATCH_MS })

/** Each attempt is a part of one transaction that can be taken back alone. */
export const within =
  (tx: Transaction): Attempt =>
  async (work) => {
    await tx.$executeRawUnsafe('SAVEPOINT batch')
    try {
      return await work(tx)
    } catch (error) {
      await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT batch')
      throw databaseRefusal(error) ?? error
    }
  }

/**
 * Inserts rows with what is told of them. What the database refuses is looked for by halves, so that the others are kept:
 * a row was deleted since it was looked up, or two rows of the file want what only one can have.
 */
export async function keepRows<New>(
  exchange: Exchange<New>,
  ctx: Context,
  attempt: Attempt,
  rows: readonly Ready<New>[],
): Promise<Refused[]> {
  if (rows.length === 0) return []
  try {
    await attempt((tx) =>
      exchange.declared.insert(
        ctx,
        tx,
        rows.map(({ value }) => value),
      ),
    )
    return []
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (rows.length === 1) return rows.map(({ from }) => ({ from, problems: problemsOf(error, from, exchange) }))
    const middle = Math.ceil(rows.length / 2)
    const before = await keepRows(exchange, ctx, attempt, rows.slice(0, middle))
    return [...before, ...(await keepRows(exchange, ctx, attempt, rows.slice(middle)))]
  }
}
