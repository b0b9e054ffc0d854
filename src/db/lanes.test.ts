import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Lanes } from './lanes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Seats with numbers, and what became of them. */
function seats({ none = false } = {}) {
  const closed: [seat: number, broken?: string][] = []
  let opened = 0
  const open = async () => {
    opened += 1
    if (none) throw new Error('no seat')
    return opened
  }
  const close = (seat: number, broken?: Error) => closed.push(broken ? [seat, broken.message] : [seat])
  return { open, close, closed, opened: () => opened }
}

/** Work that ends when it is told to. */
function works(lanes: Lanes<number>, count: number) {
  const begun: number[] = []
  const failed: number[] = []
  const ends = Array.from({ length: count }, (_, at) => {
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    lanes.run({
      on() {
        begun.push(at)
        return promise
      },
      fail: () => failed.push(at),
    })
    return resolve
  })
  return { begun, failed, ends }
}

const settled = () => vi.advanceTimersByTimeAsync(0)

it('so many work at a time, the others follow in their order on the same seats', async () => {
  const some = seats()
  const { begun, ends } = works(new Lanes(some, 2, 25), 5)
  await settled()
  expect(begun).toEqual([0, 1])
  ends[1]!(undefined)
  await settled()
  expect(begun).toEqual([0, 1, 2])
  ends[2]!(undefined)
  ends[0]!(undefined)
  await settled()
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(some.opened()).toBe(2)
  ends[4]!(undefined)
  ends[3]!(undefined)
  await settled()
  expect(some.closed.flat().sort()).toEqual([1, 2])
})

it('nobody sits where a seat broke', async () => {
  const some = seats()
  const { begun, ends } = works(new Lanes(some, 1, 25), 2)
  await settled()
  ends[0]!(new Error('gone'))
  await settled()
  expect(begun).toEqual([0, 1])
  expect(some.closed).toEqual([[1, 'gone']])
  expect(some.opened()).toBe(2)
})

it('where there is no seat, all are told', async () => {
  const { begun, failed } = works(new Lanes(seats({ none: true }), 2, 25), 5)
  await settled()
  expect(begun).toEqual([])
  expect(failed).toEqual([0, 1, 2, 3, 4])
})

it('nobody waits for what takes long', async () => {
  const some = seats()
  const lanes = new Lanes(some, 2, 25)
  const { begun, ends } = works(lanes, 6)
  await vi.advanceTimersByTimeAsync(24)
  expect(begun).toEqual([0, 1])
  await vi.advanceTimersByTimeAsync(1)
  expect(begun).toEqual([0, 1, 2, 3, 4, 5])
  for (const end of ends) end(undefined)
  await settled()
  expect(some.closed).toHaveLength(6)
  const again = works(lanes, 3)
  await settled()
  expect(again.begun).toEqual([0, 1])
})

it('who comes while all take long begins at once', async () => {
  const lanes = new Lanes(seats(), 2, 25)
  works(lanes, 2)
  await vi.advanceTimersByTimeAsync(30)
  const { begun } = works(lanes, 1)
  await settled()
  expect(begun).toEqual([0])
  expect(vi.getTimerCount()).toBe(0)
})
