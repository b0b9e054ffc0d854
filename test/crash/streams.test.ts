import { afterAll, beforeAll, expect, it } from 'vitest'
import { Listener } from '../kit/listener.ts'
import { TwoServers } from './two-servers.ts'

const EVENTS = 'subscription { events(types: ["asset.*"]) { data } }'
const GONE_WITHIN_MS = 10_000

const two = new TwoServers()
beforeAll(() => two.open(false), 60_000)
afterAll(() => two.close())

const listen = (which: 0 | 1, headers: Record<string, string> = {}) =>
  Listener.open(two.servers[which]!.url, two.operatorKey, EVENTS, { headers })

const create = async (which: 0 | 1, name: string) =>
  expect((await two.at(which).post('/api/assets/', { name, asset_type: 'server' })).status).toBe(201)

const names = ({ said }: Listener) => said.map(({ data }) => data.data.events.data.name)

it('what happens in one process is told in the other', async () => {
  using here = await listen(0)
  using there = await listen(1)
  await create(0, 'one')
  await create(1, 'two')
  await Promise.all([here.until(2), there.until(2)])
  expect([names(here), names(there)]).toEqual([
    ['one', 'two'],
    ['one', 'two'],
  ])
  expect(here.lastId).toBe(there.lastId)
})

it('a process that stops ends its streams in time, and the other goes on from where they were', async () => {
  using listener = await listen(0)
  await create(1, 'three')
  await listener.until(1)
  const from = performance.now()
  const ended = two.servers[0]!.end('SIGTERM')
  await listener.end()
  expect(listener.said.map(({ event }) => event)).toEqual(['next'])
  expect(await ended).toMatchObject({ code: 0, signal: null })
  expect(performance.now() - from).toBeLessThan(GONE_WITHIN_MS)
  await create(1, 'four')
  using again = await listen(1, { 'last-event-id': listener.lastId! })
  await again.until(1)
  expect(names(again)).toEqual(['four'])
})
