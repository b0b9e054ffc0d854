import { pruneSessions } from './access/session.sql.ts'
import type { App } from './app.ts'

export type Upkeep = { stop(): Promise<void> }

const MINUTE_MS = 60_000

/** Again and again, never twice at the same time. */
function repeated(everyMs: number, work: () => Promise<void>) {
  let underway: Promise<void> | undefined
  const run = () => {
    underway ??= work().finally(() => {
      underway = undefined
    })
  }
  const timer = setInterval(run, everyMs).unref()
  return async () => {
    clearInterval(timer)
    await underway
  }
}

const nothing = () => {}

/** What every process that answers requests does unasked: it forgets what no longer limits anybody. The rest is on schedules. */
export function startUpkeep({ limits, log, query, clock }: App): Upkeep {
  const prune = () =>
    Promise.all([limits.prune(), pruneSessions(query, clock.now())]).then(nothing, (error: unknown) => {
      log.error({ error }, 'pruning failed')
    })
  return { stop: repeated(MINUTE_MS, prune) }
}
