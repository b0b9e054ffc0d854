import { type Context, transaction } from '../core/context.ts'
import type { TenantDb, Transaction } from '../db/client.ts'
import { batches } from './batches.ts'
import type { Exchange } from './exchange.ts'
import { judgeRows, type Refused } from './judge.ts'
import { type Attempt, keepRows, onItsOwn, within } from './keep.ts'
import { type Format, readRows } from './reading/read.ts'
import type { FileRow, Problem } from './reading/row.ts'
import { Unreadable } from './reading/unreadable.ts'
import type { Bytes } from './reading/utf8.ts'

/** What is wrong with a row, or with the file from a line on. */
export type RowProblem = Problem & { line: number; row: number | null }

export type Import<New> = {
  exchange: Exchange<New>
  source: Bytes
  format: Format
  /** Every row or none. */
  atomic?: boolean
  /** Judges every row and keeps none. */
  dryRun?: boolean
  /** Ends it after the batch that is under way. */
  signal?: AbortSignal | undefined
  /** Hears of every problem, in the order of the rows. */
  problem?: (problem: RowProblem) => void
  /** Hears of every batch. */
  progress?: (sofar: Imported) => void
}

export type Imported = {
  /** What was read: rows that are kept and rows that are refused. */
  rows: number
  /** What is kept now; in a dry run, what would be. */
  imported: number
  refused: number
  /** The columns that were ignored, because the server alone writes them. */
  ignored: string[]
  /** Whether the file was read to its end. */
  complete: boolean
  /** The line on which the last of the rows begins. */
  lastLine: number
}

/** An import on its way: what was counted, and whom it tells. */
class Run<New> {
  private readonly work: Import<New>
  private readonly ctx: Context
  private readonly ignored = new Set<string>()
  private counted = { rows: 0, imported: 0, refused: 0, lastLine: 0 }
  private complete = true

  constructor(ctx: Context, work: Import<New>) {
    this.ctx = ctx
    this.work = work
  }

  get outcome(): Imported {
    return { ...this.counted, ignored: [...this.ignored], complete: this.complete }
  }

  /** Whether something stands in the way of all. */
  get flawed(): boolean {
    return this.counted.refused > 0 || !this.complete
  }

  async through(attempt: Attempt | undefined): Promise<void> {
    const { exchange, format, source, signal, progress } = this.work
    const reading = { exchange, ignored: (name: string) => void this.ignored.add(name) }
    try {
      for await (const batch of batches(readRows(format, source, reading))) {
        if (signal?.aborted) return this.stop()
        await this.take(batch, attempt)
        progress?.(this.outcome)
      }
    } catch (error) {
      if (error instanceof Unreadable) this.breakOff(error)
      else if (signal?.aborted && (error as Error).name === 'AbortError') this.stop()
      else throw error
    }
  }

  private stop(): void {
    this.complete = false
  }

  private async take(batch: readonly FileRow[], attempt: Attempt | undefined): Promise<void> {
    const { exchange, atomic } = this.work
    const { ready, refused } = await judgeRows(exchange, this.ctx, batch)
    const idle = !attempt || (atomic && (this.flawed || refused.length > 0))
    const late = idle ? [] : await keepRows(exchange, this.ctx, attempt, ready)
    this.counted = {
      rows: this.counted.rows + batch.length,
      imported: this.counted.imported + ready.length - late.length,
      refused: this.counted.refused + refused.length + late.length,
      lastLine: batch.at(-1)!.line,
    }
    this.tell([...refused, ...late])
  }

  private tell(refused: readonly Refused[]): void {
    const inOrder = refused.toSorted((a, b) => a.from.row - b.from.row)
    for (const { from, problems } of inOrder)
      for (const { field, message } of problems) this.work.problem?.({ line: from.line, row: from.row, field, message })
  }

  private breakOff(error: Unreadable): void {
    if (this.counted.rows === 0) throw error
    this.complete = false
    const line = error.line ?? this.counted.lastLine
    const message = `${error.sentence} Nothing after this was read.`
    this.work.problem?.({ line, row: null, field: null, message })
  }
}

class TakenBack extends Error {}

/** The longest that one transaction may hold its rows. */
const ATOMIC_MS = 3_600_000

/** Other rows are looked up by the connection that is held already: many at a time cannot wait for one another's. */
async function atomically<New>(ctx: Context, work: Import<New>): Promise<Imported> {
  let run = new Run(ctx, work)
  const all = async (tx: Transaction) => {
    run = new Run({ ...ctx, db: tx as TenantDb, inTransaction: true }, work)
    await run.through(within(tx))
    if (run.flawed) throw new TakenBack()
  }
  try {
    await transaction(ctx, all, { timeout: ATOMIC_MS })
    return run.outcome
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
    return { ...run.outcome, imported: 0 }
  }
}

/**
 * Imports the rows of a file in batches, each with its events and audit rows in one transaction; or all in one. Throws
 * Unreadable where not one row could be read.
 */
export async function importRows<New>(ctx: Context, work: Import<New>): Promise<Imported> {
  if (work.atomic && !work.dryRun) return atomically(ctx, work)
  const run = new Run(ctx, work)
  await run.through(work.dryRun ? undefined : onItsOwn(ctx))
  return run.outcome
}
