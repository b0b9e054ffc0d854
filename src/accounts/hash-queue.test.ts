import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { boundedQueue } from './hash-queue.ts'

/** Work that ends when it is told to. */
function held() {
  const ends: (() => void)[] = []
  let most = 0
  let running = 0
  const work = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => ends.push(resolve))
    running -= 1
  }
  const endAll = async (all: Promise<unknown>[]) => {
    for (const _ of all) {
      await setImmediate()
      ends.shift()!()
    }
    await Promise.all(all)
  }
  return { work, endAll, most: () => most }
}

describe('a bounded queue', () => {
  it('runs so much at once, lets so much wait, and refuses the rest at once', async () => {
    const { work, endAll, most } = held()
    const queued = boundedQueue({ atOnce: 2, waiting: 3 })
    const accepted = Array.from({ length: 5 }, () => queued(work))
    await expect(queued(work)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { retryAfter: 1 } })
    await endAll(accepted)
    expect(most()).toBe(2)
  })

  it('gives the place on, also after work that fails', async () => {
    const queued = boundedQueue({ atOnce: 1, waiting: 1 })
    const failing = queued(async () => Promise.reject(new Error('no')))
    const next = queued(async () => 'yes')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
    expect(await queued(async () => 'again')).toBe('again')
  })
})
