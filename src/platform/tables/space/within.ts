import pg from 'pg'
import { AppError } from '../../../core/errors.ts'
import { sqlState } from '../../../core/public-error.ts'
import type { Transaction } from '../../../db/client.ts'
import type { Space } from './ensure.ts'

/** How long a statement among an organization's tables may take, and how long it may wait for others. */
export const STATEMENT_MS = 5000
export const LOCK_MS = 2000
/** For transactions in which a few of them follow one another. */
export const BOUNDS = { timeout: 6 * STATEMENT_MS }

const SETTINGS = ['search_path', 'statement_timeout', 'lock_timeout', 'TimeZone', 'DateStyle', 'role'] as const
const NAMES = SETTINGS.map((name) => `"${name}"`).join(', ')
const SETTING = SETTINGS.map((name, at) => `set_config('${name}', $${at + 1}, true)`).join(', ')
const SET = `SELECT ${SETTING}`
/** What was set before, whatever is set meanwhile. */
const EXCHANGE = `WITH before AS MATERIALIZED (SELECT ${SETTINGS.map((name) => `current_setting('${name}') AS "${name}"`).join(', ')})
SELECT ${NAMES}, ${SETTING} FROM before`

type Values = Record<(typeof SETTINGS)[number], string>

const listed = (values: Values): string[] => SETTINGS.map((name) => values[name])
const set = (tx: Transaction, values: Values) => tx.$executeRawUnsafe(SET, ...listed(values))

/** What is built in comes first, so that nothing in the schema can take its name. */
const inside = ({ schemaName, roleName }: Space): Values => ({
  search_path: `pg_catalog, ${pg.escapeIdentifier(schemaName)}, pg_temp`,
  statement_timeout: String(STATEMENT_MS),
  lock_timeout: String(LOCK_MS),
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  role: roleName,
})

const REFUSALS: Record<string, () => AppError> = {
  42501: () =>
    new AppError('FORBIDDEN', 'The organization’s role may not do this in the database; an operator can let it.'),
  '55P03': () =>
    new AppError('CONFLICT', 'Somebody else is busy with this table; try again in a few seconds.', { retryAfter: 5 }),
  '57014': () =>
    new AppError(
      'UNPROCESSABLE',
      `This took longer than ${STATEMENT_MS / 1000} seconds and was given up; ask for less.`,
    ),
}

/** PostgreSQL's class of errors of foreign tables. */
const FOREIGN = 'HV'
const elsewhere = () =>
  new AppError('UNAVAILABLE', 'The place where the rows of this table are does not answer as it should.')

/** A statement that was given up, in words. */
function bounded(error: unknown): unknown {
  const state = sqlState(error) ?? ''
  const refusal = state.startsWith(FOREIGN) ? elsewhere() : REFUSALS[state]?.()
  if (!refusal) return error
  refusal.cause = error
  return refusal
}

/**
 * Does something as the organization's own role, within the transaction of what is told of it, and becomes the
 * application again. A transaction that failed inside needs no way back: nothing more can be said in it.
 */
export async function inSpace<T>(tx: Transaction, space: Space, work: () => Promise<T>): Promise<T> {
  const [before] = await tx.$queryRawUnsafe<[Values]>(EXCHANGE, ...listed(inside(space)))
  try {
    const done = await work()
    await set(tx, before)
    return done
  } catch (error) {
    await set(tx, before).catch(() => {})
    throw bounded(error)
  }
}
