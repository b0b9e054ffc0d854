import { z } from 'zod'
import { type Context, transaction } from '../../../core/context.ts'
import { invalid, notFound } from '../../../core/errors.ts'
import type { VerbOf } from '../../../core/events/catalogue.ts'
import { record } from '../../../core/record.ts'
import { type Input, validated } from '../../../core/validate.ts'
import type { Transaction } from '../../../db/client.ts'
import { assertManaged, type Opened, openTable } from '../held.ts'
import { MAX_ROWS } from '../limits.ts'
import { BOUNDS, inSpace } from '../space/within.ts'
import { findRow, rowOf, type TableRow, type Told } from './read.ts'
import { rowRefusal } from './refusal.ts'
import { readRows, type Values, written } from './values.ts'
import { deleteSql, insertSql, updateSql } from './write.sql.ts'

const insertion = z.object({ values: z.unknown().optional(), rows: z.array(z.unknown()).nullish() })
const change = z.object({ rowId: z.bigint(), values: z.unknown() })

/** A statement on the rows of a table, as the organization's role. */
const run = (tx: Transaction, { space, relation }: Opened, text: string, ...values: string[]): Promise<TableRow[]> =>
  inSpace(tx, space, () => tx.$queryRawUnsafe<Told[]>(text, ...values)).then(
    (rows) => rows.map(rowOf),
    (error: unknown) => {
      throw rowRefusal(error, relation)
    },
  )

/** A change of rows, in a transaction of its own. */
const changing = <T>(
  ctx: Context,
  tableId: number,
  work: (tx: Transaction, opened: Opened) => Promise<T>,
): Promise<T> => transaction(ctx, async (tx) => work(tx, await managed(tx, ctx, tableId)), BOUNDS)

type Happened = { verb: VerbOf<'table_row'>; rows: readonly TableRow[]; columns?: readonly string[] }

/** One event and one audit row for each statement: which rows, and never what they hold. */
function announce(tx: Transaction, ctx: Context, { table }: Opened, { verb, rows, columns }: Happened): Promise<void> {
  const ids = rows.map(({ id }) => Number(id))
  const data = { tableId: table.id, name: table.name, count: ids.length, ids, ...(columns && { columns }) }
  return record(tx, ctx, { type: `table_row.${verb}`, target: { type: 'table', id: table.id }, data })
}

const managed = async (tx: Transaction, ctx: Context, tableId: number): Promise<Opened> => {
  const opened = await openTable(tx, ctx, tableId)
  assertManaged(opened)
  return opened
}

type Wanted = { rows: unknown[]; place: (nth: number) => string }

function wantedRows(input: Input): Wanted {
  const { values, rows } = validated(insertion, input)
  const one = values !== undefined && values !== null
  if (one && rows) throw invalid('rows', 'are given beside values: give one of the two.')
  if (one) return { rows: [values], place: () => 'values' }
  if (!rows?.length) throw invalid('values', 'are needed: those of a row, or several rows.')
  if (rows.length > MAX_ROWS) throw invalid('rows', `must be at most ${MAX_ROWS} rows at once.`)
  return { rows, place: (nth) => `rows.${nth}` }
}

/** Rows that fit the table, as they are stored. */
export function putRows(tx: Transaction, opened: Opened, rows: readonly Values[]): Promise<TableRow[]> {
  const given = new Set(rows.flatMap((row) => Object.keys(row)))
  const columns = written(opened.relation).filter(({ name }) => given.has(name))
  return run(tx, opened, insertSql(opened, columns), JSON.stringify(rows))
}

export function insertTableRows(ctx: Context, tableId: number, input: Input): Promise<TableRow[]> {
  const wanted = wantedRows(input)
  return changing(ctx, tableId, async (tx, opened) => {
    const rows = await putRows(tx, opened, readRows(opened.relation, wanted.rows, { place: wanted.place, whole: true }))
    await announce(tx, ctx, opened, { verb: 'created', rows })
    return rows
  })
}

/** A row that nobody else changes meanwhile. */
async function hold(tx: Transaction, ctx: Context, opened: Opened, rowId: bigint): Promise<TableRow> {
  const row = await inSpace(tx, opened.space, () => findRow(tx, opened, rowId, 'FOR UPDATE'))
  await ctx.precondition?.(tx)
  return row
}

const changedColumns = (before: TableRow, after: TableRow): string[] => {
  const [was, is] = [before.values, after.values] as [Values, Values]
  return Object.keys(is).filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
}

/** Changes a row. What is left out stays; a change that changes nothing is not announced. */
export function updateTableRow(ctx: Context, tableId: number, input: Input): Promise<TableRow> {
  const { rowId, values } = validated(change, input)
  return changing(ctx, tableId, async (tx, opened) => {
    const before = await hold(tx, ctx, opened, rowId)
    const [row] = readRows(opened.relation, [values], { place: () => 'values', whole: false })
    const names = Object.keys(row!)
    if (names.length === 0) return before
    const [after] = await run(tx, opened, updateSql(opened, names), JSON.stringify(row), String(rowId))
    if (!after) throw notFound('row')
    const columns = changedColumns(before, after)
    if (columns.length) await announce(tx, ctx, opened, { verb: 'updated', rows: [after], columns })
    return after
  })
}

/** Deletes a row and returns it as it was. */
export const deleteTableRow = (ctx: Context, tableId: number, rowId: bigint): Promise<TableRow> =>
  changing(ctx, tableId, async (tx, opened) => {
    await hold(tx, ctx, opened, rowId)
    const [row] = await run(tx, opened, deleteSql(opened), String(rowId))
    if (!row) throw notFound('row')
    await announce(tx, ctx, opened, { verb: 'deleted', rows: [row] })
    return row
  })
