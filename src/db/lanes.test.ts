import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Lanes } from './lanes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Work that ends when it is told to. */
function works(lanes: Lanes, count: number) {
  const begun: number[] = []
  const ends = Array.from({ length: count }, (_, at) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    lanes.run(() => {
      begun.push(at)
      return promise
    })
    return { resolve, reject }
  })
  return { begun, ends }
}

const settled = () => vi.advanceTimersByTimeAsync(0)

it('so many work at a time, the others follow in their order, failures or not', async () => {
  const { begun, ends } = works(new Lanes(2, 25), 5)
  expect(begun).toEqual([0, 1])
  ends[1]!.resolve()
  await settled()
  expect(begun).toEqual([0, 1, 2])
  ends[2]!.reject(new Error('no'))
  ends[0]!.resolve()
  await settled()
  expect(begun).toEqual([0, 1, 2, 3, 4])
})

it('nobody waits for what takes long', async () => {
  const lanes = new Lanes(2, 25)
  const { begun, ends } = works(lanes, 6)
  await vi.advanceTimersByTimeAsync(24)
  expect(begun).toEqual([0, 1])
  await vi.advanceTimersByTimeAsync(1)
  expect(begun).toEqual([0, 1, 2, 3, 4, 5])
  for (const { resolve } of ends) resolve()
  await settled()
  expect(works(lanes, 3).begun).toEqual([0, 1])
  expect(vi.getTimerCount()).toBe(2)
})
