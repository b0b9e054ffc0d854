import { type Context, row } from '../../../core/context.ts'

const EVERY_MS = 1000

export type Progress = {
  tables(total: number): Promise<void>
  table(): Promise<void>
  rows(count: number): Promise<void>
  soFar(): { tables: number; rows: number }
}

/** How far a run is, for whoever looks: written once a second at most. */
export function progressOf(ctx: Context, runId: number): Progress {
  const so = { total: 0, tables: 0, rows: 0 }
  let last = performance.now()
  const write = async () => {
    last = performance.now()
    const data = { tablesDone: so.tables, tablesTotal: so.total, rowCount: so.rows }
    await ctx.db.backupRun.update({ where: row(ctx, runId), data })
  }
  const due = async () => {
    if (performance.now() - last > EVERY_MS) await write()
  }
  return {
    async tables(total) {
      so.total = total
      await write()
    },
    async table() {
      so.tables += 1
      await due()
    },
    async rows(count) {
      so.rows += count
      await due()
    },
    soFar: () => ({ tables: so.tables, rows: so.rows }),
  }
}
