import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type TestApp, tenant, testApp } from '../../../test/kit/app.ts'
import { CALM } from '../../../test/kit/checker.ts'
import { type App, openApp } from '../../app.ts'
import { systemContext } from '../../context.ts'
import type { Checked, CheckWish } from '../../core/context.ts'
import { createMonitor, deleteMonitor, updateMonitor } from '../../monitoring/monitors/verbs.ts'
import type { Part } from '../queue.ts'
import { startWatch } from './watch.ts'

const PATIENCE = { timeout: 15_000, interval: 20 }
const DOWN: Checked = { ...CALM, status: 'down', error: 'It answered 500.' }

let kit: TestApp
let watches: Part[]

beforeEach(async () => {
  kit = await testApp()
  watches = []
})
afterEach(async () => {
  await Promise.all(watches.map((each) => each.stop()))
  await kit.drop()
})

function watch(app: App = kit.app, registry = new Registry()): Part {
  const started = startWatch(app, registry)
  watches.push(started)
  return started
}

const organization = async (slug: string) => systemContext(kit.app, (await tenant(kit.app, slug)).id, slug)
type Ctx = Awaited<ReturnType<typeof organization>>

/** Monitors that are due now and not again for some minutes; how many there are. */
async function monitors(ctx: Ctx, count: number, host = 'site'): Promise<number> {
  const insert = `INSERT INTO monitor (organization_id, name, check_type, url, check_interval_minutes)
    SELECT $1, n::text, 'http', 'https://' || $2 || n || '.example.com/', 1440 FROM generate_series(1, $3) n`
  await kit.app.query(insert, [ctx.organizationId, host, count])
  const soon = `DELETE FROM monitor WHERE monitor_next_check(id, 1440) < now() + interval '3 minutes' RETURNING id`
  return count - (await kit.app.query(soon, [])).length
}

/** What is asked, and what it finds. */
function asked(find: (wish: CheckWish, signal?: AbortSignal) => Promise<Checked> | Checked = () => CALM) {
  const urls: string[] = []
  const check = async (wish: CheckWish, signal?: AbortSignal) => {
    urls.push(wish.url!)
    return find(wish, signal)
  }
  kit.app.checker = { check }
  return { urls, check }
}

const written = async (ctx: Ctx) => ctx.db.monitorCheck.count()
const until = (work: () => Promise<void> | void) => vi.waitFor(work, PATIENCE)

type Due = { inSeconds: number; pending: string | null }
const dueOf = ({ organizationId }: Ctx) =>
  kit.app.query<Due>(
    `SELECT extract(epoch FROM next_check_at - now())::float8 AS "inSeconds", pending_status::text AS pending
     FROM monitor_schedule WHERE organization_id = $1`,
    [organizationId],
  )

test('what is due is checked and written down once, and is due again within its interval', async () => {
  const ctx = await organization('a')
  const count = await monitors(ctx, 120)
  const { urls } = asked()
  watch()
  await until(async () => expect(await written(ctx)).toBe(count))
  expect(new Set(urls).size).toBe(count)
  expect(urls).toHaveLength(count)
  const due = await dueOf(ctx)
  expect(due.every(({ inSeconds, pending }) => inSeconds > 60 && inSeconds <= 86_400 && pending === null)).toBe(true)
  const monitor = await ctx.db.monitor.findFirstOrThrow()
  expect(monitor).toMatchObject({ status: 'up', lastStatusCode: 200, lastResponseTimeMs: 42, uptimePercentage: 100 })
  expect(monitor.lastCheckedAt).toEqual(kit.app.clock.now())
})

test('two processes check nothing twice', async () => {
  const ctx = await organization('a')
  const count = await monitors(ctx, 400)
  const { urls, check } = asked()
  const other = await openApp(kit.config, kit.app.log)
  other.checker = { check }
  watch()
  watch(other)
  await until(async () => expect(await written(ctx)).toBe(count))
  await Promise.all(watches.splice(0).map((each) => each.stop()))
  await other.close()
  expect(urls).toHaveLength(count)
})

test('what hangs in one organization does not delay another', async () => {
  const [slow, quick] = [await organization('slow'), await organization('quick')]
  await monitors(slow, 300, 'hanging')
  asked(({ url }, signal) =>
    url!.includes('hanging') ? new Promise((done) => signal?.addEventListener('abort', () => done(DOWN))) : CALM,
  )
  const registry = new Registry()
  watch(kit.app, registry)
  const inFlight = async () => Number(/_in_flight (\d+)/.exec(await registry.metrics())![1])
  await until(async () => expect(await inFlight()).toBeGreaterThanOrEqual(100))
  const count = await monitors(quick, 40)
  const from = performance.now()
  await until(async () => expect(await written(quick)).toBe(count))
  expect(performance.now() - from).toBeLessThan(5_000)
  expect(await inFlight()).toBeLessThanOrEqual(150)
  expect(await written(slow)).toBe(0)
})

test('a finding that is not confirmed is looked at again within half a minute', async () => {
  const ctx = await organization('a')
  const { id } = await createMonitor(ctx, { name: 'Site', url: 'https://www.example.com/', checkIntervalMinutes: 1440 })
  asked(() => DOWN)
  watch()
  await until(async () => expect(await written(ctx)).toBe(1))
  const [first] = await dueOf(ctx)
  expect(first).toMatchObject({ pending: 'down' })
  expect(first!.inSeconds).toBeLessThanOrEqual(30)
  expect(await ctx.db.monitor.findFirst()).toMatchObject({ status: 'unknown', lastError: 'It answered 500.' })
  await kit.app.query('UPDATE monitor_schedule SET next_check_at = now()', [])
  await until(async () => expect(await ctx.db.monitor.findFirst()).toMatchObject({ status: 'down' }))
  expect(await ctx.db.incident.findMany()).toMatchObject([{ monitorId: id, closedAt: null, cause: 'It answered 500.' }])
  const { type, data } = (await ctx.db.event.findFirst({ orderBy: { id: 'desc' } }))!
  expect([type, data]).toEqual([
    'monitor.down',
    { monitorId: id, name: 'Site', url: 'https://www.example.com/', error: 'It answered 500.' },
  ])
  const [confirmed] = await dueOf(ctx)
  expect(confirmed).toMatchObject({ pending: null })
})

test('a process that stops leaves what it began to others at once', async () => {
  const ctx = await organization('a')
  const count = await monitors(ctx, 30)
  const { urls } = asked((_wish, signal) => new Promise((done) => signal?.addEventListener('abort', () => done(DOWN))))
  const leaving = watch()
  await until(() => expect(urls).toHaveLength(count))
  const from = performance.now()
  await leaving.stop()
  expect(performance.now() - from).toBeLessThan(4_000)
  expect((await dueOf(ctx)).every(({ inSeconds }) => inSeconds <= 0)).toBe(true)
  expect(await written(ctx)).toBe(0)
  asked()
  watch()
  await until(async () => expect(await written(ctx)).toBe(count))
})

test('what is paused is not looked at; what is resumed, or looks elsewhere, is at once', async () => {
  const ctx = await organization('a')
  const { urls } = asked()
  const site = { name: 'Site', url: 'https://www.example.com/', checkIntervalMinutes: 1440 }
  const { id } = await createMonitor(ctx, { ...site, isEnabled: false })
  watch()
  const other = await createMonitor(ctx, { ...site, url: 'https://example.org/' })
  await until(async () => expect(await written(ctx)).toBe(1))
  await updateMonitor(ctx, id, { isEnabled: true })
  await updateMonitor(ctx, other.id, { name: 'Renamed' })
  await until(async () => expect(await written(ctx)).toBe(2))
  await updateMonitor(ctx, other.id, { url: 'https://example.net/' })
  await until(async () => expect(await written(ctx)).toBe(3))
  expect(urls).toEqual(['https://example.org/', 'https://www.example.com/', 'https://example.net/'])
})

test('a monitor that is deleted while it is checked keeps no other from being written down', async () => {
  const ctx = await organization('a')
  const { promise: gone, resolve: delay } = Promise.withResolvers<void>()
  const { id } = await createMonitor(ctx, { name: 'Leaving', url: 'https://leaving.example.com/' })
  const count = await monitors(ctx, 5)
  const { urls } = asked(async ({ url }) => {
    if (url!.includes('leaving')) await deleteMonitor(ctx, id)
    else await gone
    delay()
    return CALM
  })
  watch()
  await until(async () => expect(await written(ctx)).toBe(count))
  expect(urls).toHaveLength(count + 1)
})

test('monitors of one interval are spread over it', async () => {
  const rows = await kit.app.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM generate_series(1, 6000) n
     GROUP BY floor(extract(epoch FROM monitor_next_check(n, 1)))::bigint % 60`,
    [],
  )
  const counts = rows.map(({ count }) => count)
  expect(counts).toHaveLength(60)
  expect(Math.max(...counts)).toBeLessThanOrEqual(150)
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(50)
})

test('checks are counted, and how late they began', async () => {
  const ctx = await organization('a')
  for (const host of ['one', 'two', 'three'])
    await createMonitor(ctx, { name: host, url: `https://${host}.example.com/` })
  asked(({ url }) => (url!.includes('one') ? DOWN : CALM))
  const registry = new Registry()
  watch(kit.app, registry)
  await until(async () => expect(await written(ctx)).toBe(3))
  const metrics = await registry.metrics()
  expect(metrics).toContain('opsgraph_monitor_checks_total{outcome="up"} 2')
  expect(metrics).toContain('opsgraph_monitor_checks_total{outcome="down"} 1')
  expect(metrics).toContain('opsgraph_monitor_check_lag_seconds_count 3')
  expect(metrics).toContain('opsgraph_monitor_checks_in_flight 0')
})
