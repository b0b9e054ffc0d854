import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestApp, testApp } from '../test/kit/app.ts'
import { startUpkeep } from './upkeep.ts'

let kit: TestApp

beforeAll(async () => {
  kit = await testApp()
})
afterAll(async () => {
  vi.useRealTimers()
  await kit.drop()
})

test('what no longer limits anybody is forgotten every minute, until the server stops', async () => {
  const limits = { ...kit.app.limits, prune: vi.fn(kit.app.limits.prune) }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const upkeep = startUpkeep({ ...kit.app, limits })
  vi.advanceTimersByTime(60_000)
  await upkeep.stop()
  vi.advanceTimersByTime(3_600_000)
  expect(limits.prune).toHaveBeenCalledTimes(1)
})
