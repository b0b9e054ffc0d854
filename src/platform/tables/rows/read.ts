import type { Context } from '../../../core/context.ts'
import { AppError, invalid, notFound } from '../../../core/errors.ts'
import type { Page } from '../../../core/list/connection.ts'
import { cursorValues } from '../../../core/list/cursor.ts'
import type { OrderColumn } from '../../../core/list/declare.ts'
import { type ListQuery, MAX_OFFSET, pageSize } from '../../../core/list/query.ts'
import { sqlState } from '../../../core/public-error.ts'
import type { Transaction } from '../../../db/client.ts'
import { reading } from '../catalogue/details.ts'
import { assertHeld, inTable, type Opened } from '../held.ts'
import { MAX_COUNTED } from '../limits.ts'
import { type Condition, filterSql } from './filter.ts'
import { behindSql, type Order, orderOf, orderSql } from './order.ts'
import { at, keyOf, Parameters, rowSql } from './shown.sql.ts'

export type TableRow = { id: string | null; values: unknown }
export type RowPage = Page & { nodes: TableRow[] }
export type RowArgs = {
  first?: number | null
  after?: string | null
  filter?: Condition[] | null
  orderBy?: Order[] | null
}

export type Told = { id: string | null; told: string }
export const rowOf = ({ id, told }: Told): TableRow => ({ id, values: JSON.parse(told) })

/** Rows that nothing names are counted from the first. */
const BY_PLACE: OrderColumn[] = [{ column: '#', descending: false, nullable: false, type: 'String' }]

type Paging = { order: OrderColumn[]; places: OrderColumn[]; offset: number; where: string[] }

function placeOf(cursor: string): number {
  const offset = Number(cursorValues(BY_PLACE, cursor)[0])
  if (Number.isInteger(offset) && offset > 0 && offset <= MAX_OFFSET) return offset
  throw invalid('after', `goes to the ${MAX_OFFSET}th row at most, where nothing names the rows.`)
}

function pagingOf({ relation }: Opened, { after, orderBy }: RowArgs, parameters: Parameters): Paging {
  const order = orderOf(relation, orderBy ?? [])
  if (!keyOf(relation)) return { order, places: BY_PLACE, offset: after ? placeOf(after) : 0, where: [] }
  const where = after ? [behindSql(relation, order, cursorValues(order, after), parameters)] : []
  return { order, places: order, offset: 0, where }
}

const narrowed = (conditions: readonly string[]): string =>
  conditions.length ? ` WHERE ${conditions.join(' AND ')}` : ''

async function countRows(tx: Transaction, { place, relation }: Opened, args: RowArgs): Promise<number> {
  const parameters = new Parameters()
  const where = narrowed(filterSql(relation, args.filter ?? [], parameters))
  const text = `SELECT count(*)::int AS total FROM (SELECT FROM ${place} AS r${where} LIMIT ${MAX_COUNTED}) AS counted`
  const [counted] = await tx.$queryRawUnsafe<{ total: number }[]>(text, ...parameters.values)
  return counted!.total
}

type Found = Told & Record<`k${number}`, string | null>

function pageSql(opened: Opened, args: RowArgs, first: number, parameters: Parameters) {
  const { place, relation } = opened
  const filters = filterSql(relation, args.filter ?? [], parameters)
  const paging = pagingOf(opened, args, parameters)
  const keys = paging.order.map(({ column }, i) => `, ${at(column)}::text AS k${i}`)
  const from = `FROM ${place} AS r${narrowed([...filters, ...paging.where])} ORDER BY ${orderSql(relation, paging.order)}`
  const text = `SELECT ${rowSql(relation)}${keys.join('')} ${from} LIMIT ${first + 1} OFFSET ${paging.offset}`
  return { text, paging }
}

/** What stands in the cursor of a row. */
const keysOf = ({ places, offset }: Paging, row: Found, nth: number): Record<string, unknown> =>
  places === BY_PLACE
    ? { '#': String(offset + nth + 1) }
    : Object.fromEntries(places.map(({ column }, i) => [column, row[`k${i}`] ?? null]))

/** Values in a cursor that are none of their columns, or a view that cannot be worked out. */
function unreadable(error: unknown, { after }: RowArgs): unknown {
  if (!/^22/.test(sqlState(error) ?? '')) return error
  if (after) return invalid('after', 'is not a cursor of this list in this order.')
  return new AppError('UNPROCESSABLE', 'The database cannot work out these rows.', {}, { cause: error })
}

async function readPage(
  tx: Transaction,
  opened: Opened,
  args: RowArgs,
  first: number,
  counts: boolean,
): Promise<RowPage> {
  const parameters = new Parameters()
  const { text, paging } = pageSql(opened, args, first, parameters)
  const found = await tx.$queryRawUnsafe<Found[]>(text, ...parameters.values).catch((error: unknown) => {
    throw unreadable(error, args)
  })
  const shown = found.slice(0, first)
  const query = { order: paging.places, backwards: Boolean(args.after), first } as unknown as ListQuery
  return {
    ...{ query, more: found.length > first, nodes: shown.map(rowOf) },
    rows: shown.map((row, nth) => keysOf(paging, row, nth)),
    total: counts ? await countRows(tx, opened, args) : undefined,
  }
}

/** A page of a table's rows. */
export function tableRows(ctx: Context, tableId: number, args: RowArgs, counts: boolean): Promise<RowPage> {
  const first = pageSize(args.first, ctx.maxPage)
  return reading(ctx, (tx) =>
    inTable(tx, ctx, tableId, (opened) => {
      assertHeld(opened)
      return readPage(tx, opened, args, first, counts)
    }),
  )
}

/** The row that is named so, as the organization's role; `more` holds it, where it is to be changed. */
export async function findRow(tx: Transaction, opened: Opened, rowId: bigint, more = ''): Promise<TableRow> {
  const { relation, place } = opened
  const key = keyOf(relation)
  if (!key) throw new AppError('NOT_FOUND', 'Nothing names the rows of this table one by one.')
  const text = `SELECT ${rowSql(relation)} FROM ${place} AS r WHERE ${at(key.name)} = $1::text::bigint ${more}`
  const [found] = await tx.$queryRawUnsafe<Told[]>(text, String(rowId))
  if (!found) throw notFound('row')
  return rowOf(found)
}

export const tableRow = (ctx: Context, tableId: number, rowId: bigint): Promise<TableRow> =>
  reading(ctx, (tx) =>
    inTable(tx, ctx, tableId, (opened) => {
      assertHeld(opened)
      return findRow(tx, opened, rowId)
    }),
  )
