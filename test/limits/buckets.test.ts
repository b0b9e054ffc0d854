import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BucketStore } from '../../src/access/buckets/bucket.ts'
import { type Harness, harnesses } from './bucket-harness.ts'
import { type Load, type Outcome, overload } from './overload.ts'

const SPEC = { capacity: 40, refillPerSecond: 30 }
const LOAD: Omit<Load, 'key'> = { spec: SPEC, offeredPerSecond: 60, milliseconds: 2000 }

async function client(harness: Harness, key: string): Promise<ChildProcess> {
  const child = fork(new URL('./bucket-client.ts', import.meta.url), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  child.send({ ...LOAD, ...harness.remote, key })
  await once(child, 'message')
  return child
}

async function go(child: ChildProcess): Promise<Outcome> {
  const answer = once(child, 'message')
  child.send('go')
  const [outcome] = await answer
  return outcome as Outcome
}

/** Two processes where the store is shared; two loops of one process where it is that process's own. */
async function twoClients(harness: Harness, store: BucketStore, key: string): Promise<Outcome[]> {
  if (!harness.remote) return Promise.all([overload(store, { ...LOAD, key }), overload(store, { ...LOAD, key })])
  const children = await Promise.all([client(harness, key), client(harness, key)])
  return Promise.all(children.map(go))
}

for (const harness of harnesses) {
  describe.skipIf(harness.absent)(`buckets in ${harness.name}${harness.absent ? ` (${harness.absent})` : ''}`, () => {
    let store: BucketStore
    const fresh = () => randomBytes(6).toString('hex')
    beforeAll(async () => {
      store = await harness.open()
    })
    afterAll(() => harness.close())

    it('4× overload from two clients admits what the bucket holds and refills, no more and hardly less', async () => {
      const outcomes = await twoClients(harness, store, fresh())
      const started = Math.min(...outcomes.map(({ startedAt }) => startedAt))
      const seconds = (Math.max(...outcomes.map(({ endedAt }) => endedAt)) - started + 1) / 1000
      const bound = SPEC.capacity + Math.floor(SPEC.refillPerSecond * seconds)
      const admitted = outcomes.reduce((sum, outcome) => sum + outcome.admitted, 0)
      expect(admitted).toBeLessThanOrEqual(bound)
      expect(admitted).toBeGreaterThanOrEqual(bound - 2)
    }, 15_000)

    it('100 simultaneous requests empty a bucket of 7 exactly', async () => {
      const key = fresh()
      const slow = { capacity: 7, refillPerSecond: 0.01 }
      const answers = await Promise.all(Array.from({ length: 100 }, () => store.take(key, slow, 1)))
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(7)
    })

    it('a client that waits Retry-After seconds succeeds, one that waits a second less does not', async () => {
      const key = fresh()
      const slow = { capacity: 2, refillPerSecond: 0.1 }
      await store.take(key, slow, 2)
      const refused = await store.take(key, slow, 1)
      expect(refused).toMatchObject({ allowed: false, limit: 2, remaining: 0, retryAfter: 10, reset: 20 })
      await harness.advance(key, refused.retryAfter - 1)
      expect((await store.take(key, slow, 1)).allowed).toBe(false)
      await harness.advance(key, 1)
      expect((await store.take(key, slow, 1)).allowed).toBe(true)
    })

    it('a request dearer than the bucket takes the whole bucket', async () => {
      const key = fresh()
      expect(await store.take(key, SPEC, 1000)).toMatchObject({ allowed: true, remaining: 0 })
      expect(await store.take(key, SPEC, 1000)).toMatchObject({ allowed: false, retryAfter: 2 })
    })

    it('looking takes nothing, and what is given back can be taken again', async () => {
      const key = fresh()
      const slow = { capacity: 3, refillPerSecond: 0.01 }
      expect(await store.take(key, slow, 0)).toMatchObject({ allowed: true, remaining: 3, reset: 0 })
      await store.take(key, slow, 3)
      expect(await store.take(key, slow, -1)).toMatchObject({ allowed: true, remaining: 1 })
      expect((await store.take(key, slow, 1)).allowed).toBe(true)
      await store.take(key, slow, -1000)
      expect(await store.take(key, slow, 0)).toMatchObject({ remaining: 3, reset: 0 })
    })

    it('keys do not share', async () => {
      const [one, other] = [fresh(), fresh()]
      await store.take(one, SPEC, 40)
      expect(await store.take(other, SPEC, 1)).toMatchObject({ allowed: true, remaining: 39 })
    })
  })
}
