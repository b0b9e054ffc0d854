import type { Context } from '../../core/context.ts'
import type { AnyExchange } from '../exchange.ts'
import type { Format } from '../reading/read.ts'
import { WRITINGS } from './formats.ts'
import { type Asked, type Page, readPage } from './pages.ts'

const ROWS = 1000

export type Export = {
  exchange: AnyExchange
  format: Format
  /** Ends it after the rows that are under way: the file is not whole then. */
  signal?: AbortSignal | undefined
  /** Hears how many rows have been written. */
  progress?: (rows: number) => void
}

async function* pages(ctx: Context, exchange: AnyExchange): AsyncGenerator<Page> {
  let after: string | null = null
  do {
    const page: Page = await readPage(ctx, exchange, { first: ROWS, after })
    yield page
    after = page.hasNextPage ? page.endCursor : null
  } while (after)
}

/** A whole file in parts of some hundred kilobytes: never more than one page of rows is held. */
export async function* exportRows(
  ctx: Context,
  { exchange, format, signal, progress }: Export,
): AsyncGenerator<string> {
  const { head, rows, between, tail } = WRITINGS[format]
  let written = 0
  yield head(exchange)
  for await (const page of pages(ctx, exchange)) {
    if (signal?.aborted) return
    if (written > 0 && page.rows.length) yield between
    yield rows(exchange, page.rows)
    written += page.rows.length
    progress?.(written)
  }
  yield tail
}

export type Part = Page & { content: string }

/** One page as a file; of a table, the header stands in the first part alone, so that parts put together are one file. */
export async function exportPart(
  ctx: Context,
  { exchange, format }: { exchange: AnyExchange; format: Format },
  asked: Asked,
): Promise<Part> {
  const { head, rows, tail } = WRITINGS[format]
  const page = await readPage(ctx, exchange, asked)
  const before = format === 'csv' && asked.after ? '' : head(exchange)
  return { ...page, content: `${before}${rows(exchange, page.rows)}${tail}` }
}
