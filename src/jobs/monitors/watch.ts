import { setImmediate as aside, setTimeout as pause } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import type { App } from '../../app.ts'
import type { CheckWish } from '../../core/context.ts'
import { judge, type Standing } from '../../monitoring/checks/judge.ts'
import type { Part } from '../queue.ts'
import { CLAIM, RELEASE } from './claim.sql.ts'
import { watchMetrics } from './metrics.ts'
import { createResults } from './results.ts'

/** Where nothing was due, and where something was: little is then begun at a time. */
const LOOK_MS = 1000
const BUSY_LOOK_MS = 200
const BATCH = 50
/** Checks that may wait for answers at the same time; those of one organization leave room for the others. */
const MOST = 500
const MOST_OF_ONE = 100
/** Seconds after which another process takes a check up: longer than any check takes. */
const LEASE = 30
const GRACE_MS = 3000

type Claimed = CheckWish & Standing & { organizationId: number; monitorId: number; lateSeconds: number }

/** How many checks wait for an answer, and whose. */
function createInFlight() {
  const counts = new Map<number, number>()
  const claims = new Set<Claimed>()
  const change = (organizationId: number, by: number) => {
    const count = (counts.get(organizationId) ?? 0) + by
    if (count > 0) counts.set(organizationId, count)
    else counts.delete(organizationId)
  }
  return {
    claims,
    room: () => Math.min(BATCH, MOST - claims.size),
    busy: () => [...counts].filter(([, count]) => count >= MOST_OF_ONE).map(([id]) => id),
    begin: (claim: Claimed) => {
      claims.add(claim)
      change(claim.organizationId, 1)
    },
    end: (claim: Claimed) => {
      claims.delete(claim)
      change(claim.organizationId, -1)
    },
  }
}

/** Checks the monitors that are due, until told to stop. */
class Watch implements Part {
  readonly #app: App
  readonly #stopping = new AbortController()
  readonly #inFlight = createInFlight()
  readonly #results: ReturnType<typeof createResults>
  readonly #metrics: ReturnType<typeof watchMetrics>
  readonly #looking: Promise<void>

  constructor(app: App, registry: Registry) {
    this.#app = app
    this.#results = createResults(app)
    this.#metrics = watchMetrics(registry, () => this.#inFlight.claims.size)
    this.#looking = this.#look()
  }

  async #look(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const wait = await this.#claim().catch((error: unknown) => {
        this.#app.log.warn({ error }, 'monitors that are due could not be looked for')
        return LOOK_MS
      })
      if (wait > 0) await pause(wait, undefined, { signal }).catch(() => {})
    }
  }

  /** Begins what is due; answers when to look again, in milliseconds. */
  async #claim(): Promise<number> {
    const room = this.#inFlight.room()
    if (room <= 0) return BUSY_LOOK_MS
    const values = [room, this.#inFlight.busy(), LEASE]
    const claimed = await this.#app.query<Claimed>(CLAIM, values, 'claim-monitors')
    for (const claim of claimed) {
      void this.#check(claim)
      // Whoever asks this process for something does not wait until all are begun.
      await aside()
    }
    if (claimed.length === room) return 0
    return claimed.length > 0 ? BUSY_LOOK_MS : LOOK_MS
  }

  async #check(claim: Claimed): Promise<void> {
    const { organizationId, monitorId } = claim
    this.#inFlight.begin(claim)
    this.#metrics.begun(claim.lateSeconds)
    const at = this.#app.clock.now()
    const checked = await this.#app.checker.check(claim, this.#stopping.signal)
    if (this.#stopping.signal.aborted) return
    this.#inFlight.end(claim)
    this.#metrics.ended(checked.status)
    this.#results.add({ organizationId, monitorId, at, checked, verdict: judge(claim, checked.status, at) })
  }

  /** What was found is written down; what is under way is left to others at once. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#looking
    const claims = [...this.#inFlight.claims]
    const ids = [claims.map(({ organizationId }) => organizationId), claims.map(({ monitorId }) => monitorId)]
    const released = claims.length ? this.#app.query(RELEASE, ids) : undefined
    await Promise.race([
      Promise.allSettled([this.#results.flush(), released]),
      pause(GRACE_MS, undefined, { ref: false }),
    ])
  }
}

export const startWatch = (app: App, registry: Registry): Part => new Watch(app, registry)
