import type { AnyExchange, Column } from '../exchange.ts'
import { Unreadable } from './unreadable.ts'

export type Problem = {
  /** As the file spells it; null where the whole row is to blame. */
  field: string | null
  message: string
}

export type Cell = { name: string; column: Column; value: unknown }

/** A row of a file: where it begins, how many bytes it has, what it says, and what is wrong with it already. */
export type FileRow = {
  /** Counted from 1 without header and empty lines. */
  row: number
  line: number
  bytes: number
  cells: readonly Cell[]
  problems: readonly Problem[]
}

/** Every reader makes rows of bytes, and hears of the columns that are ignored. */
export type Reading = { exchange: AnyExchange; ignored: (name: string) => void }
export type Reader = (bytes: AsyncIterable<Buffer>, reading: Reading) => AsyncIterable<FileRow>

/** No row is longer, so that a batch of them is bounded. */
export const LONGEST_ROW = 1024 * 1024
export const TOO_LONG = 'is longer than a row can be (1 MiB).'

export const unknownColumn = ({ validNames }: AnyExchange): string =>
  `is not a column here; the valid ones are ${validNames}.`

/** What the columns of a file mean; one that is not known, or that occurs twice, is refused before any row is read. */
export function headerOf(names: readonly string[], { exchange, ignored }: Reading): (Column | undefined)[] {
  const seen = new Set<Column>()
  return names.map((name) => {
    if (name.trim() === '') return undefined
    const column = exchange.column(name)
    if (column === undefined)
      throw new Unreadable(`has the column ${JSON.stringify(name)}, which ${unknownColumn(exchange)}`, 1)
    if (column === 'ignored') {
      ignored(name)
      return undefined
    }
    if (seen.has(column)) throw new Unreadable(`has the column ${column.name} twice.`, 1)
    seen.add(column)
    return column
  })
}
