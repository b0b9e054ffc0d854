import pg from 'pg'
import { z } from 'zod'
import { AppError, invalid, invalidFields } from '../../core/errors.ts'
import { sqlState } from '../../core/public-error.ts'
import type { Transaction } from '../../db/client.ts'
import {
  type AskedColumn,
  type Column,
  columnName,
  columnRules,
  columnSql,
  type Problems,
  ROW_KEY,
  readColumn,
} from './columns/declare.ts'
import type { Opened } from './held.ts'
import { MAX_COLUMNS } from './limits.ts'
import { inSpace } from './space/within.ts'

const some = <T extends z.ZodType>(each: T) =>
  z.array(each).max(MAX_COLUMNS, `must be at most ${MAX_COLUMNS} columns.`).nullish()

export const alterations = {
  addColumns: some(columnRules),
  renameColumns: some(z.strictObject({ from: z.string(), to: columnName })),
  dropColumns: some(z.string()),
}

export type Alteration = {
  dropped: string[]
  renamed: { from: string; to: string }[]
  added: Column[]
}

/** Columns that can be made, or every reason why not. */
export function readColumns(asked: readonly AskedColumn[], field: string, present: readonly string[] = []): Column[] {
  const problems: Problems = {}
  const taken = new Set(present)
  const columns = asked.flatMap((each, at) => {
    const column = readColumn(each, `${field}.${at}`, problems)
    if (taken.has(each.name)) problems[`${field}.${at}.name`] = ['There is a column of this name already.']
    taken.add(each.name)
    return column ? [column] : []
  })
  if (Object.keys(problems).length) throw invalidFields(problems)
  if (taken.size > MAX_COLUMNS) throw invalid(field, `A table has at most ${MAX_COLUMNS} columns.`)
  return columns
}

type Given = {
  addColumns?: AskedColumn[] | null
  renameColumns?: Alteration['renamed'] | null
  dropColumns?: string[] | null
}

/** Columns go first, are renamed then, and come last, so that a name can be taken over. */
export function readAlteration({ relation }: Opened, given: Given): Alteration {
  const names = new Set(relation.columns.map(({ name }) => name).filter((name) => name !== ROW_KEY))
  const take = (name: string, field: string) => {
    if (!names.delete(name)) throw invalid(field, 'There is no such column.')
  }
  const dropped = [...new Set(given.dropColumns ?? [])]
  for (const [at, name] of dropped.entries()) take(name, `dropColumns.${at}`)
  const renamed = given.renameColumns ?? []
  for (const [at, { from, to }] of renamed.entries()) {
    take(from, `renameColumns.${at}.from`)
    if (names.has(to)) throw invalid(`renameColumns.${at}.to`, 'There is a column of this name already.')
    names.add(to)
  }
  return { dropped, renamed, added: readColumns(given.addColumns ?? [], 'addColumns', [...names]) }
}

export const altersColumns = ({ addColumns, renameColumns, dropColumns }: Given): boolean =>
  [addColumns, renameColumns, dropColumns].some((each) => each?.length)

function statementsFor(place: string, { dropped, renamed, added }: Alteration): string[] {
  const quoted = pg.escapeIdentifier
  const made = added.map((column) => columnSql(column, place))
  const parts = (each: string[]) => (each.length ? [`ALTER TABLE ${place} ${each.join(', ')}`] : [])
  return [
    ...parts(dropped.map((name) => `DROP COLUMN ${quoted(name)}`)),
    ...renamed.map(({ from, to }) => `ALTER TABLE ${place} RENAME COLUMN ${quoted(from)} TO ${quoted(to)}`),
    ...parts(made.map(({ sql }) => `ADD COLUMN ${sql}`)),
    ...made.flatMap(({ remarks }) => remarks),
  ]
}

const REFUSALS: Record<string, () => AppError> = {
  23502: () =>
    invalid('addColumns', 'A table with rows takes no column that must not be null, unless it has a default.'),
  23505: () => invalid('addColumns', 'The rows there are would all have the same value in a column that is unique.'),
  '2BP01': () => new AppError('CONFLICT', 'Something else in the database, such as a view, is made of this.'),
  54011: () => new AppError('CONFLICT', 'This table has had as many columns as a table can ever have; make another.'),
}

/** What the database refuses of a change to a table. */
export function alterRefusal(error: unknown): unknown {
  const refusal = REFUSALS[sqlState(error) ?? '']?.()
  return refusal ? Object.assign(refusal, { cause: error }) : error
}

/** Runs statements on the structure of a table, as the organization's role. */
export const alter = (
  tx: Transaction,
  { space }: Pick<Opened, 'space'>,
  statements: readonly string[],
): Promise<void> =>
  inSpace(tx, space, async () => {
    for (const statement of statements) await tx.$executeRawUnsafe(statement)
  }).catch((error: unknown) => {
    throw alterRefusal(error)
  })

export const applyAlteration = (tx: Transaction, opened: Opened, alteration: Alteration): Promise<void> =>
  alter(tx, opened, statementsFor(opened.place, alteration))
