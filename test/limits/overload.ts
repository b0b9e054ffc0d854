import { setInterval } from 'node:timers/promises'
import type { BucketSpec, BucketStore } from '../../src/access/buckets/bucket.ts'

export type Load = { key: string; spec: BucketSpec; offeredPerSecond: number; milliseconds: number }
export type Outcome = { admitted: number; startedAt: number; endedAt: number }

const TICK = 10

/** Offers requests at a steady pace and counts the admitted ones. */
export async function overload(store: BucketStore, load: Load): Promise<Outcome> {
  const startedAt = Date.now()
  let admitted = 0
  let offered = 0
  for await (const _ of setInterval(TICK)) {
    const elapsed = Date.now() - startedAt
    const due = Math.floor((elapsed * load.offeredPerSecond) / 1000) - offered
    offered += due
    const answers = await Promise.all(Array.from({ length: due }, () => store.take(load.key, load.spec, 1)))
    admitted += answers.filter(({ allowed }) => allowed).length
    if (elapsed >= load.milliseconds) break
  }
  return { admitted, startedAt, endedAt: Date.now() }
}
