import { beforeEach, expect, it, vi } from 'vitest'
import { CALM } from '../../../test/kit/checker.ts'
import { testGraph } from '../../../test/kit/graph.ts'
import type { Checked } from '../../core/context.ts'

const graph = testGraph()

const UNEXPECTED: Checked = { ...CALM, status: 'down', statusCode: 500, error: 'It answered 500.' }
const DOWN: Checked = { ...CALM, status: 'down', statusCode: null, responseTimeMs: null, error: 'Connection timed out' }
const WARNING: Checked = { ...CALM, status: 'warning', error: 'The certificate expires on 2026-06-01.' }
const UNKNOWN: Checked = { ...DOWN, status: 'unknown', error: 'The register of domains did not answer.' }
const URL = 'https://www.example.com/'
const NOON = '2026-05-23T11:42:00Z'

const STATE = `status statusChangedAt lastCheckedAt lastStatusCode lastResponseTimeMs uptimePercentage lastError sslExpiresAt domainExpiresAt`
const CHECK = `mutation ($id: ID!) { checkMonitor(id: $id) { ${STATE} } }`
const HISTORY = `query ($id: ID!) { monitor(id: $id) {
  checks { totalCount nodes { at status via statusCode responseTimeMs error } }
  incidents { totalCount nodes { openedAt closedAt cause monitor { name } } }
  uptime { totalCount nodes { day checks failures uptimePercentage averageResponseTimeMs } } } }`

let key = 0
/** Somebody who has not asked for anything yet. */
const somebody = (caller = {}) => {
  const session = graph.as(caller)
  key += 1
  Object.assign(session.ctx.actor, { id: key })
  return session
}

let now: Date
beforeEach(() => {
  now = new Date(NOON)
  vi.spyOn(graph.kit.app.clock, 'now').mockImplementation(() => now)
})

async function monitor(input: object = {}, organization: 'a' | 'b' = 'a'): Promise<string> {
  const query = `mutation ($input: CreateMonitorInput!) { createMonitor(input: $input) { id } }`
  const { data, errors } = await graph.as({ organization }).run(query, { input: { name: 'Site', url: URL, ...input } })
  expect(errors).toBeUndefined()
  return data.createMonitor.id
}

/** Checks that find these, a minute apart; the monitor after the last. */
async function checks(id: string, ...found: Checked[]) {
  let last: any
  for (const checked of found) {
    vi.spyOn(graph.kit.app.checker, 'check').mockResolvedValueOnce(checked)
    now = new Date(now.getTime() + 60_000)
    const { data, errors } = await somebody().run(CHECK, { id })
    expect(errors).toBeUndefined()
    last = data.checkMonitor
  }
  return last
}

const history = async (id: string) => (await graph.as().run(HISTORY, { id })).data.monitor
const told = async (id: string) => {
  const { events } = await graph.trail()
  const mine = events.filter(({ data }) => String((data as { monitorId?: number }).monitorId) === id)
  return mine.filter(({ type }) => type !== 'monitor.checked')
}

it('a check is looked up at once and shows in the monitor, its history and its day', async () => {
  const id = await monitor()
  const sslExpiresAt = new Date('2027-01-01T00:00:00Z')
  expect(await checks(id, { ...CALM, sslExpiresAt })).toEqual({
    ...{ status: 'UP', statusChangedAt: '2026-05-23T11:43:00Z', lastCheckedAt: '2026-05-23T11:43:00Z' },
    ...{ lastStatusCode: 200, lastResponseTimeMs: 42, uptimePercentage: 100, lastError: null },
    ...{ sslExpiresAt: '2027-01-01T00:00:00Z', domainExpiresAt: null },
  })
  expect(await history(id)).toEqual({
    checks: {
      totalCount: 1,
      nodes: [
        { at: '2026-05-23T11:43:00Z', status: 'UP', via: 'http', statusCode: 200, responseTimeMs: 42, error: null },
      ],
    },
    incidents: { totalCount: 0, nodes: [] },
    uptime: {
      totalCount: 1,
      nodes: [{ day: '2026-05-23', checks: 1, failures: 0, uptimePercentage: 100, averageResponseTimeMs: 42 }],
    },
  })
})

it('is announced and audited, as are changes of status', async () => {
  const id = await monitor()
  await checks(id, CALM)
  const { events, audit } = await graph.trail()
  const monitored = { monitorId: Number(id), name: 'Site', url: URL }
  expect(events.slice(-2).map(({ type, data }) => [type, data])).toEqual([
    ['monitor.status_changed', { ...monitored, from: 'unknown', to: 'up', error: null }],
    ['monitor.checked', { ...monitored, status: 'up', via: 'http', statusCode: 200, responseTimeMs: 42, error: null }],
  ])
  expect(audit.slice(-2).map(({ action, changes }) => [action, changes])).toEqual([
    ['monitor.status_changed', { status: { from: 'unknown', to: 'up' } }],
    ['monitor.checked', expect.any(Object)],
  ])
})

it('one failed check changes nothing but what the last check met; a second opens an incident and is announced', async () => {
  const id = await monitor()
  await checks(id, CALM)
  const first = await checks(id, DOWN)
  expect(first).toMatchObject({
    status: 'UP',
    lastError: 'Connection timed out',
    lastStatusCode: null,
    uptimePercentage: 50,
  })
  expect((await history(id)).incidents.totalCount).toBe(0)
  expect(await checks(id, UNEXPECTED)).toMatchObject({
    status: 'DOWN',
    lastError: 'It answered 500.',
    statusChangedAt: '2026-05-23T11:44:00Z',
  })
  expect((await history(id)).incidents.nodes).toEqual([
    { openedAt: '2026-05-23T11:44:00Z', closedAt: null, cause: 'It answered 500.', monitor: { name: 'Site' } },
  ])
  expect((await told(id)).at(-1)).toMatchObject({
    type: 'monitor.down',
    data: { monitorId: Number(id), name: 'Site', url: URL, error: 'It answered 500.' },
  })
})

it('the first good check ends it, and is announced', async () => {
  const id = await monitor()
  expect(await checks(id, CALM, DOWN, DOWN, DOWN, CALM)).toMatchObject({
    status: 'UP',
    lastError: null,
    uptimePercentage: 40,
  })
  expect(await history(id)).toMatchObject({
    checks: { totalCount: 5 },
    incidents: { nodes: [{ openedAt: '2026-05-23T11:44:00Z', closedAt: '2026-05-23T11:47:00Z' }] },
    uptime: { nodes: [{ checks: 5, failures: 3, uptimePercentage: 40, averageResponseTimeMs: 42 }] },
  })
  expect((await told(id)).map(({ type }) => type)).toEqual(['monitor.status_changed', 'monitor.down', 'monitor.up'])
})

it('a fault that cannot be told any more is the same fault when it is seen again', async () => {
  const id = await monitor()
  await checks(id, DOWN, DOWN, UNKNOWN, UNKNOWN, DOWN, DOWN, WARNING)
  expect((await told(id)).map(({ type }) => type)).toEqual([
    ...['monitor.down', 'monitor.status_changed', 'monitor.status_changed', 'monitor.up'],
  ])
  expect((await history(id)).incidents).toMatchObject({ totalCount: 1, nodes: [{ closedAt: '2026-05-23T11:49:00Z' }] })
})

it('what cannot be told counts neither for nor against', async () => {
  const id = await monitor()
  expect(await checks(id, UNKNOWN)).toMatchObject({ status: 'UNKNOWN', uptimePercentage: null })
  expect(await checks(id, CALM, UNKNOWN, DOWN)).toMatchObject({ uptimePercentage: 50 })
  const [day] = (await history(id)).uptime.nodes
  expect(day).toMatchObject({ checks: 2, failures: 1, uptimePercentage: 50 })
})

it('uptime is counted over the last 30 days, and told for each by itself', async () => {
  const id = await monitor()
  await checks(id, DOWN, DOWN)
  now = new Date('2026-06-21T23:00:00Z')
  expect(await checks(id, CALM, CALM)).toMatchObject({ uptimePercentage: 50 })
  now = new Date('2026-06-22T00:00:00Z')
  expect(await checks(id, CALM)).toMatchObject({ uptimePercentage: 100 })
  const { nodes } = (await history(id)).uptime
  expect(nodes.map(({ day, checks, failures }: any) => [day, checks, failures])).toEqual([
    ['2026-06-22', 1, 0],
    ['2026-06-21', 2, 0],
    ['2026-05-23', 2, 2],
  ])
})

it('a day says the same to both executors', async () => {
  const id = await monitor()
  await checks(id, { ...CALM, responseTimeMs: 41 }, { ...CALM, responseTimeMs: 42 }, DOWN)
  const [bySql, byField] = [
    await graph.as().run(HISTORY, { id }),
    await graph.as({ byField: true }).run(HISTORY, { id }),
  ]
  expect(bySql).toEqual(byField)
  expect(bySql.data.monitor.uptime.nodes[0]).toMatchObject({ uptimePercentage: 66.667, averageResponseTimeMs: 42 })
})

it('a monitor that is paused is not known to be anything, and its incident ends', async () => {
  const id = await monitor()
  await checks(id, DOWN, DOWN)
  const pause = `mutation ($id: ID!) { updateMonitor(id: $id, input: { isEnabled: false }) { ${STATE} } }`
  const { data } = await graph.as().run(pause, { id })
  expect(data.updateMonitor).toMatchObject({ status: 'UNKNOWN', lastError: 'Connection timed out' })
  expect((await history(id)).incidents.nodes[0]).toMatchObject({ closedAt: '2026-05-23T11:44:00Z' })
  expect(await checks(id, CALM)).toMatchObject({ status: 'UP' })
})

it('incidents are listed across monitors, open ones by themselves', async () => {
  now = new Date('2026-07-01T00:00:00Z')
  const [id, other] = [await monitor({ name: 'Open' }), await monitor({ name: 'Closed' })]
  await checks(id, DOWN, DOWN)
  await checks(other, DOWN, DOWN, CALM)
  const query = `query ($filter: IncidentFilter) { incidents(filter: $filter, first: 2) { nodes { monitor { name } closedAt } } }`
  const { data: all } = await graph.as().run(query)
  expect(all.incidents.nodes.map(({ monitor }: any) => monitor.name)).toEqual(['Closed', 'Open'])
  const { data } = await graph.as().run(query, { filter: { closedAt: { isNull: true }, monitorId: { eq: id } } })
  expect(data.incidents.nodes).toEqual([{ monitor: { name: 'Open' }, closedAt: null }])
})

it('nothing is written where the change cannot be', async () => {
  const id = await monitor()
  await checks(id, DOWN)
  vi.spyOn(graph.kit.app.checker, 'check').mockResolvedValueOnce(DOWN)
  vi.spyOn(console, 'error').mockImplementationOnce(() => {})
  const session = somebody()
  Object.assign(session.ctx, { address: '\0' })
  expect((await session.run(CHECK, { id })).errors).toHaveLength(1)
  expect(await history(id)).toMatchObject({ checks: { totalCount: 1 }, incidents: { totalCount: 0 } })
})

it("another organization's monitor and one that never was are refused alike", async () => {
  const theirs = await monitor({}, 'b')
  for (const id of [theirs, '2000000000']) {
    const { errors } = await somebody().run(CHECK, { id })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'NOT_FOUND', status: 404 })
  }
})

it('needs monitors:write, and is not for asking all the time', async () => {
  const id = await monitor()
  const { errors } = await somebody({ permissions: ['monitors:read'] }).run(CHECK, { id })
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'monitors:write' })
  const eager = somebody()
  const codes: string[] = []
  for (let i = 0; i < 31; i += 1) codes.push((await eager.run(CHECK, { id })).errors?.[0]?.extensions.code)
  expect(codes).toEqual([...Array(30).fill(undefined), 'RATE_LIMITED'])
})
