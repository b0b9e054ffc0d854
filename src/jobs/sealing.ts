import type { App } from '../app.ts'
import { sealAudit } from '../audit/trail/seal.ts'
import { oneAtATime } from '../core/one-at-a-time.ts'
import type { Part } from './queue.ts'

/** How long an audit row may wait before anybody looks for it. */
const LOOK_EVERY_MS = 2000
/** Who writes much is not to wait for its seals, which take a fifth of a core at most; nor they for a database that was slow once. */
const rest = (took: number): number => Math.min(4 * took, 1000)

/** Seals audit rows a moment after they were committed, until told to stop. */
export function startSealing({ pool, log }: App): Part {
  const stopping = new AbortController()
  const sealing = oneAtATime(() =>
    sealAudit(pool, { signal: stopping.signal, rest }).then(
      () => {},
      (error: unknown) => log.warn({ error }, 'audit rows could not be sealed'),
    ),
  )
  const timer = setInterval(sealing.ask, LOOK_EVERY_MS).unref()
  sealing.ask()
  return {
    async stop() {
      stopping.abort()
      clearInterval(timer)
      await sealing.idle()
    },
  }
}
