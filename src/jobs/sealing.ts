import type { App } from '../app.ts'
import { sealAudit } from '../audit/trail/seal.ts'
import { oneAtATime } from '../core/one-at-a-time.ts'
import type { Part } from './queue.ts'

/** How long an audit row may wait for its seal. */
const LOOK_EVERY_MS = 2000
/** Who writes much is not to wait for its seals: they take a fifth of a core at most. */
const REST = 4

/** Seals audit rows a moment after they were committed, until told to stop. */
export function startSealing({ pool, log }: App): Part {
  const stopping = new AbortController()
  const sealing = oneAtATime(() =>
    sealAudit(pool, { signal: stopping.signal, rest: REST }).then(
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
