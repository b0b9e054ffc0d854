import { expect, it } from 'vitest'
import type { BucketStore } from './bucket.ts'
import { bucketsWithFallback } from './fallback.ts'
import { memoryBuckets } from './memory.ts'

const SPEC = { capacity: 2, refillPerSecond: 0.001 }

function sharedStore() {
  const inner = memoryBuckets()
  const store = { down: false, asked: 0 }
  const take: BucketStore['take'] = async (...request) => {
    store.asked++
    if (store.down) throw new Error('connection refused')
    return inner.take(...request)
  }
  return Object.assign(store, { take, close: inner.close })
}

it('while the shared store is gone the local bucket decides, with one alarm, and the shared one returns by itself', async () => {
  const shared = sharedStore()
  const alarms: string[] = []
  let now = 0
  const log = (message: string) => void alarms.push(message)
  const store = bucketsWithFallback(shared, memoryBuckets(), { log, now: () => now, retryEvery: 1000 })

  expect((await store.take('k', SPEC, 2)).allowed).toBe(true)
  shared.down = true
  const answers = [await store.take('k', SPEC, 1), await store.take('k', SPEC, 1), await store.take('k', SPEC, 1)]
  expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, false])
  expect(shared.asked).toBe(2)

  now = 1500
  await store.take('k', SPEC, 1)
  expect(shared.asked).toBe(3)
  expect(alarms).toEqual(['the shared bucket store is gone; using the fallback'])

  shared.down = false
  now = 3000
  expect(await store.take('k', SPEC, 1)).toMatchObject({ allowed: false, remaining: 0 })
  expect(alarms).toEqual(['the shared bucket store is gone; using the fallback', 'the shared bucket store is back'])
})
