import type { Context } from '../../core/context.ts'
import { encodeCursor } from '../../core/list/cursor.ts'
import type { ListArgs } from '../../core/list/declare.ts'
import { listQuery } from '../../core/list/query.ts'
import type { AnyExchange, Row } from '../exchange.ts'

type Delegate = { findMany(args: object): Promise<Row[]> }

/** Which rows, and how many at a time. */
export type Asked = Pick<ListArgs, 'search' | 'filter' | 'after'> & { first: number }

export type Page = { rows: Row[]; endCursor: string | null; hasNextPage: boolean }

/** In the order of their making, which no change of a row disturbs. */
const ORDER = [{ field: 'id' }]

/** Rows of the caller's organization from a place on, with what an export tells of them. */
export async function readPage(ctx: Context, exchange: AnyExchange, { first, ...asked }: Asked): Promise<Page> {
  const { list, refer } = exchange.declared
  const query = listQuery(list, { ...asked, first, orderBy: ORDER }, { maxPage: first, clock: ctx.clock })
  const { where, orderBy, take } = query
  const delegate = ctx.db[list.delegate as 'asset'] as unknown as Delegate
  const found = await delegate.findMany({ where, orderBy, take, select: exchange.selection })
  const rows = found.slice(0, first)
  const last = rows.at(-1)
  return {
    rows: refer ? await refer(ctx, rows) : rows,
    endCursor: last ? encodeCursor(query.order, last) : null,
    hasNextPage: found.length > first,
  }
}
