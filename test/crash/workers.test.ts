import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../kit/database.ts'
import { Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { command, found, Launched, onDatabase, type Variables } from './launch.ts'
import { ask } from './written.ts'

const GONE_WITHIN_MS = 10_000
/** A lease of checks is 30 s, a sign of life of jobs 15 s, looked at every 10 s. */
const RELEASED = { timeout: 55_000, interval: 100 }
const PATIENCE = { timeout: 20_000, interval: 50 }
const METRICS = 'metrics-of-the-tests'
const ORGANIZATION = ['--organization', 'acme']

const opened = new AsyncDisposableStack()
let database: TestDatabase
let variables: Variables
let secret: string
/** Takes every call and answers none, until it is told to. */
let target: Server
let base: string
let answering = false

async function worker(more: Variables = {}): Promise<Launched> {
  const launched = opened.use(
    new Launched(['serve', '--json', '--role', 'worker'], { ...variables, ...more }, ['--max-old-space-size=1024']),
  )
  await launched.told()
  return launched
}

beforeAll(async () => {
  database = await testDatabase()
  opened.defer(() => database.drop())
  const folder = opened.use(await dataFolder())
  target = createServer((_req, res) => {
    if (answering) res.end('0018A45C4D1DEF81644B54AB7F969B88D65:1')
  })
  await new Promise<void>((done) => target.listen(0, '127.0.0.1', done))
  opened.defer(async () => {
    target.closeAllConnections()
    await new Promise((done) => target.close(done))
  })
  base = `http://127.0.0.1:${(target.address() as AddressInfo).port}`
  const given = { OPSGRAPH_ALLOW_PRIVATE_TARGETS: 'true', OPSGRAPH_METRICS_TOKEN: METRICS, OPSGRAPH_HIBP_URL: base }
  variables = onDatabase(database.url, folder.path, given)
  secret = (await found(variables)).secret
}, 120_000)
afterAll(() => opened.disposeAsync())

type State = { state: string; attempts: number; outcome: unknown }
const jobs = () => ask<State>(database.url, 'SELECT state, attempts, outcome FROM job ORDER BY id')
const checks = () => ask<{ count: number }>(database.url, 'SELECT count(*)::int AS count FROM monitor_check')
const due = () =>
  ask<{ due: boolean }>(database.url, 'SELECT next_check_at <= now() AS due FROM monitor_schedule ORDER BY monitor_id')

/** An API without workers, to make what they are to work on. */
async function prepare(): Promise<void> {
  const api = opened.use(new Launched(['serve', '--json', '--role', 'api'], variables))
  await api.told()
  using caller = new Caller(api.url, secret)
  const made = [
    await caller.graphql('mutation { createPasswordEntry(input: { title: "Router", password: "x" }) { id } }'),
    await caller.graphql(`mutation { createMonitor(input: { name: "Site", url: "${base}/" }) { id } }`),
    await caller.graphql('mutation { startJob(input: { name: "vault.check-breaches" }) { id } }'),
  ]
  expect(made.map(({ json }) => (json as { errors?: unknown }).errors)).toEqual([undefined, undefined, undefined])
  await api.end()
}

const running = () =>
  vi.waitFor(async () => {
    expect(await jobs()).toMatchObject([{ state: 'running' }])
    expect(await due()).toEqual([{ due: false }])
  }, PATIENCE)

describe('a process that only answers', () => {
  it('leaves jobs and monitors to others', async () => {
    await prepare()
    expect(await jobs()).toMatchObject([{ state: 'queued', attempts: 0 }])
    expect([await checks(), await due()]).toEqual([[{ count: 0 }], [{ due: true }]])
  })
})

describe('a process that only works', () => {
  let leaving: Launched

  it('tells those who run it how it is doing, and answers nothing else', async () => {
    leaving = await worker()
    using caller = new Caller(leaving.url, secret)
    const statuses = [await caller.call('/livez'), await caller.call('/readyz'), await caller.call('/api/v1/me')]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 404])
    await running()
    const metrics = await fetch(`${leaving.url}/metrics`, { headers: { authorization: `Bearer ${METRICS}` } })
    const text = await metrics.text()
    expect(text).toContain('opsgraph_jobs{name="vault.check-breaches",state="running"} 1')
    expect(text).toContain('opsgraph_monitor_checks_in_flight 1')
  })

  it('leaves what it has begun to others when it is told to stop, and ends well, and soon', async () => {
    const from = performance.now()
    const { code, signal } = await leaving.end()
    expect([code, signal]).toEqual([0, null])
    expect(performance.now() - from).toBeLessThan(GONE_WITHIN_MS)
    expect(await jobs()).toMatchObject([{ state: 'queued', attempts: 0 }])
    expect([await checks(), await due()]).toEqual([[{ count: 0 }], [{ due: true }]])
  })

  it('is replaced in time when it is killed', async () => {
    const killed = await worker()
    await running()
    await killed.end('SIGKILL')
    answering = true
    const other = await worker()
    await vi.waitFor(async () => {
      expect(await jobs()).toMatchObject([{ state: 'succeeded', attempts: 2, outcome: { safe: 1 } }])
      expect(await checks()).toEqual([{ count: 1 }])
    }, RELEASED)
    expect((await other.end()).code).toBe(0)
  }, 90_000)
})

describe('--role', () => {
  it('takes one of three words', async () => {
    const { code, err } = await command(['serve', '--role', 'butler'], variables)
    expect([code, err]).toEqual([2, expect.stringContaining('--role must be one of all, api, worker.')])
  })

  it('jobs are listed, cancelled and retried by command', async () => {
    const list = async () =>
      JSON.parse((await command(['jobs', 'list', ...ORGANIZATION, '--json'], variables)).out).jobs
    const [{ id }] = await list()
    const refused = await command(['jobs', 'cancel', String(id), ...ORGANIZATION], variables)
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('This job is finished already: succeeded.'),
    ])
    const started = await command(['jobs', 'start', 'invoices.mark-overdue', ...ORGANIZATION, '--json'], variables)
    const next = String(JSON.parse(started.out).id)
    expect((await command(['jobs', 'cancel', next, ...ORGANIZATION], variables)).out).toContain('is cancelled.')
    expect((await command(['jobs', 'retry', next, ...ORGANIZATION], variables)).out).toContain('is queued again.')
    expect((await list()).map(({ state }: State) => state)).toEqual(['queued', 'succeeded'])
    expect((await command(['jobs', 'schedules'], variables)).out).toMatch(/^overdue-invoices +7 \* \* \* \* +\d{4}-/m)
  }, 60_000)
})
