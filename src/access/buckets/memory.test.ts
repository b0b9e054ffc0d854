import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryBuckets } from './memory.ts'

const SECOND = 1_000_000

const spec = fc.record({
  capacity: fc.integer({ min: 1, max: 1000 }),
  refillPerSecond: fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.constantFrom(0.001, 0.1, 0.5, 1.7, 3.333)),
})
const requests = fc.array(
  fc.record({ wait: fc.integer({ min: 0, max: 3 * SECOND }), tokens: fc.integer({ min: 1, max: 20 }) }),
  { maxLength: 60 },
)

describe('a bucket in memory', () => {
  it('admits at most capacity + refill·t in any window', () => {
    fc.assert(
      fc.property(spec, requests, ({ capacity, refillPerSecond }, offered) => {
        let now = 0
        const buckets = memoryBuckets({ now: () => now })
        const admitted: { at: number; tokens: number }[] = []
        for (const { wait, tokens } of offered) {
          now += wait
          const paid = Math.min(tokens, capacity)
          if (buckets.take('k', { capacity, refillPerSecond }, tokens).allowed) admitted.push({ at: now, tokens: paid })
        }
        for (let from = 0; from < admitted.length; from++) {
          let sum = 0
          for (const { at, tokens } of admitted.slice(from)) {
            sum += tokens
            expect(sum).toBeLessThanOrEqual(capacity + (refillPerSecond * (at - admitted[from]!.at)) / SECOND + 1e-9)
          }
        }
      }),
    )
  })

  it.each([3, 7, 700, 999])(
    'refilled %i times a second, it admits that under load: never more, hardly less',
    (refill) => {
      let now = 0
      const buckets = memoryBuckets({ now: () => now })
      let admitted = 0
      for (; now <= 60 * SECOND; now += 500) {
        if (buckets.take('k', { capacity: 10, refillPerSecond: refill }, 1).allowed) admitted++
      }
      expect(admitted).toBeLessThanOrEqual(10 + 60 * refill)
      expect(admitted).toBeGreaterThan((10 + 60 * refill) * 0.999 - 1)
    },
  )

  it('refuses only what it must: Retry-After is honoured and is not a whole second too long', () => {
    fc.assert(
      fc.property(spec, requests, (bucket, offered) => {
        let now = 0
        const buckets = memoryBuckets({ now: () => now })
        for (const { wait, tokens } of offered) {
          now += wait
          const answer = buckets.take('k', bucket, tokens)
          if (answer.allowed) continue
          now += (answer.retryAfter - 1) * SECOND
          expect(buckets.take('k', bucket, tokens).allowed).toBe(false)
          now += SECOND
          expect(buckets.take('k', bucket, tokens).allowed).toBe(true)
        }
      }),
    )
  })

  it('forgets full buckets when it runs out of room, and keeps the empty ones', () => {
    let now = 0
    const buckets = memoryBuckets({ now: () => now, maximum: 100 })
    const once = { capacity: 1, refillPerSecond: 1 }
    for (let i = 0; i < 90; i++) buckets.take(`old ${i}`, once, 1)
    now = 2 * SECOND
    for (let i = 0; i < 50; i++) buckets.take(`new ${i}`, once, 1)
    expect(buckets.size).toBeLessThanOrEqual(100)
    for (let i = 0; i < 50; i++) expect(buckets.take(`new ${i}`, once, 1).allowed).toBe(false)
  })

  it('stays within its bound when every bucket is in use', () => {
    const buckets = memoryBuckets({ now: () => 0, maximum: 100 })
    for (let i = 0; i < 1000; i++) buckets.take(`k${i}`, { capacity: 1, refillPerSecond: 1 }, 1)
    expect(buckets.size).toBeLessThanOrEqual(100)
  })
})
