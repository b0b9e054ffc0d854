import { describe, expect, it } from 'vitest'
import { attemptOrigin, within } from './address.ts'
import { createAttempts } from './attempts.ts'
import { memoryBuckets } from './buckets/memory.ts'

const attempts = () => createAttempts(memoryBuckets({ now: () => 0 }), { capacity: 3, refillPerSecond: 0.1 })
const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'looked into',
    ({ code, details }) => ({ code, ...details }),
  )

describe('attempts from one address', () => {
  it('are refused after the limit, with the time to wait, while other addresses are not', async () => {
    const limited = attempts()
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => outcome(limited.begin('192.0.2.1'))))
    expect(outcomes).toEqual([...Array(3).fill('looked into'), { code: 'RATE_LIMITED', retryAfter: 10 }])
    expect(await outcome(limited.begin('192.0.2.2'))).toBe('looked into')
  })

  it('do not count when they succeed', async () => {
    const limited = attempts()
    for (let i = 0; i < 20; i++) {
      await limited.begin('192.0.2.1')
      limited.forgive('192.0.2.1')
    }
    expect(await limited.peek('192.0.2.1')).toMatchObject({ remaining: 3 })
  })

  it('are one origin for a whole IPv6 /64 and for both forms of an IPv4 address', () => {
    expect(attemptOrigin('2001:db8:1:2::1')).toBe(attemptOrigin('2001:db8:1:2:ffff::9'))
    expect(attemptOrigin('2001:db8:1:2::1')).not.toBe(attemptOrigin('2001:db8:1:3::1'))
    expect(attemptOrigin('::ffff:192.0.2.1')).toBe(attemptOrigin('192.0.2.1'))
    expect(attemptOrigin('')).toBe('')
  })
})

describe('an allow-list of addresses', () => {
  it.each([
    [[], 'nonsense', true],
    [['192.0.2.0/24'], '192.0.2.200', true],
    [['192.0.2.0/24'], '::ffff:192.0.2.200', true],
    [['192.0.2.0/24'], '198.51.100.1', false],
    [['192.0.2.0/24'], '2001:db8::1', false],
    [['192.0.2.0/24', '2001:db8::/32'], '2001:db8::1', true],
    [['192.0.2.7'], '192.0.2.7', true],
    [['nonsense'], '192.0.2.7', false],
    [['192.0.2.0/24'], '', false],
  ])('%j covers %j: %j', (ranges, address, expected) => {
    expect(within(ranges, address)).toBe(expected)
  })
})
