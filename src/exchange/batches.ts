import type { FileRow } from './reading/row.ts'
import { Unreadable } from './reading/unreadable.ts'

const MOST_ROWS = 500
const MOST_BYTES = 2 * 1024 * 1024

/** Rows in lots that are bounded in number and in bytes; where a file breaks off, what came before it is a lot as well. */
export async function* batches(rows: AsyncIterable<FileRow>): AsyncGenerator<FileRow[]> {
  let batch: FileRow[] = []
  let bytes = 0
  let broken: Unreadable | undefined
  try {
    for await (const row of rows) {
      batch.push(row)
      bytes += row.bytes
      if (batch.length < MOST_ROWS && bytes < MOST_BYTES) continue
      yield batch
      batch = []
      bytes = 0
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    broken = error
  }
  if (batch.length) yield batch
  if (broken) throw broken
}
