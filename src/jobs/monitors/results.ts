import { randomUUID } from 'node:crypto'
import type { App } from '../../app.ts'
import { systemContext } from '../../context.ts'
import { asSystem } from '../../db/tenant.ts'
import { type Result, settle, settling } from '../../monitoring/checks/settle.ts'

const BATCH = 100
const WAIT_MS = 250

export type Results = { add(result: Result): void; flush(): Promise<void> }

/** Changes that are written at the same time: when much fails at once, others still get connections. */
const AT_ONCE = 4

/** A change is an event of its organization, in a transaction of its own. */
async function change(app: App, result: Result): Promise<void> {
  const ctx = systemContext(app, result.organizationId, `check-${randomUUID()}`)
  await settle(ctx, result).catch((error: unknown) => {
    app.log.warn({ error, monitorId: result.monitorId }, 'a change of a monitor could not be written down')
  })
}

async function write(app: App, results: readonly Result[]): Promise<void> {
  const steady = results.filter(({ verdict }) => !verdict.changed)
  if (steady.length) await asSystem(() => app.pool.pipeline(settling(steady)))
  const changed = results.filter(({ verdict }) => verdict.changed)
  for (let at = 0; at < changed.length; at += AT_ONCE)
    await Promise.all(changed.slice(at, at + AT_ONCE).map((result) => change(app, result)))
}

/** Writes results down a batch at a time. Those that cannot be written are lost: their monitors are due again soon. */
export function createResults(app: App): Results {
  let waiting: Result[] = []
  let timer: NodeJS.Timeout | undefined
  let written: Promise<unknown> = Promise.resolve()
  const flush = async () => {
    clearTimeout(timer)
    timer = undefined
    const batch = waiting
    waiting = []
    const next = batch.length ? () => write(app, batch) : async () => {}
    written = written.then(next).catch((error: unknown) => app.log.warn({ error }, 'checks could not be written down'))
    await written
  }
  return {
    flush,
    add(result) {
      waiting.push(result)
      if (waiting.length >= BATCH) void flush()
      else timer ??= setTimeout(flush, WAIT_MS)
    },
  }
}
