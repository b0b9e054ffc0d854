import { describe, expect, it } from 'vitest'
import { type Outcome, simulate } from '../../bench/monitors/simulation.ts'
import { testDatabase } from '../kit/database.ts'

/** Three minutes; the whole of it, 5,000 monitors, is measured by `npm run bench:monitors`. */
const unasked = process.env.OPSGRAPH_HEAVY ? undefined : 'it takes three minutes; set OPSGRAPH_HEAVY'
const PLAN = { monitors: 1_000, organizations: 10, minutes: 1, workers: 2 }
/** A fifth of a second was measured on a quiet machine. */
const P99_SECONDS = 3
const MOST_SECONDS = 10

describe.skipIf(unasked)(`${PLAN.monitors} monitors of a minute${unasked ? ` (${unasked})` : ''}`, () => {
  it('are checked soon after they are due, by two workers, and none twice', async () => {
    const database = await testDatabase()
    try {
      const outcome: Outcome = await simulate(database.url, PLAN, () => {})
      const [, p99, most] = outcome.begun
      expect(outcome.status).toEqual({ down: 50, up: 950 })
      expect(outcome.missed).toBe(0)
      expect(outcome.checks).toBeGreaterThanOrEqual(900)
      expect(outcome.checks).toBeLessThanOrEqual(1_000)
      expect(p99).toBeLessThan(P99_SECONDS)
      expect(most).toBeLessThan(MOST_SECONDS)
    } finally {
      await database.drop()
    }
  }, 240_000)
})
