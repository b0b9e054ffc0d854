import type { Context } from './context.ts'

type Where = Record<string, unknown>
type Order = Record<string, 'asc' | 'desc'>

/**
 * How a field that is neither a column nor a relation is read in SQL. Its resolver says the same to the ordinary executor;
 * a field with neither a column nor a reading is never compiled.
 */
export type Reading =
  /** A column at the end of relations to one row each: `['createdBy', 'displayName']`. */
  | { path: readonly string[] }
  /** How many rows of a relation there are. */
  | { count: string; where?: Where }
  /** The rows at the other end of a table of links. */
  | { through: readonly [links: string, other: string]; orderBy: readonly Order[] }
  /** What the caller's context knows. */
  | { context: (ctx: Context) => string | undefined }
  /** An expression, given the alias of the row, and the caller's time where it asks for that. */
  | { sql: (row: string, now: () => string) => string }
