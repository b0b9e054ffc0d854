import pg from 'pg'
import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type TestApp, tenant, testApp } from '../../test/kit/app.ts'
import { systemContext } from '../context.ts'
import { AppError } from '../core/errors.ts'
import { createClient } from '../crm/clients.ts'
import { createInvoice, sendInvoice } from '../crm/invoices/verbs.ts'
import { makePartitions } from '../db/partitions.ts'
import { asSystem } from '../db/tenant.ts'
import type { JobName } from '../platform/jobs/kinds.ts'
import { cancelJob, retryJob, startJob } from '../platform/jobs/verbs.ts'
import { SCHEDULES } from './schedules.ts'
import { WORK } from './work.ts'
import { startWorker, type Worker } from './worker.ts'

const BREACHES = 'vault.check-breaches'
const OVERDUE = 'invoices.mark-overdue'
const PATIENCE = { timeout: 15_000, interval: 25 }

let kit: TestApp
let workers: Worker[]

beforeEach(async () => {
  kit = await testApp()
  workers = []
})
afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all(workers.map((worker) => worker.stop()))
  await kit.drop()
})

function work(registry = new Registry()): Worker {
  const worker = startWorker(kit.app, registry)
  workers.push(worker)
  return worker
}

const contextOf = (organizationId: number) => systemContext(kit.app, organizationId, `test-${organizationId}`)

async function organization(slug = 'a') {
  const { id } = await tenant(kit.app, slug)
  return contextOf(id)
}

const jobOf = (ctx: ReturnType<typeof contextOf>, id: number) => ctx.db.job.findFirstOrThrow({ where: { id } })

const become = (ctx: ReturnType<typeof contextOf>, id: number, expected: object) =>
  vi.waitFor(async () => expect(await jobOf(ctx, id)).toMatchObject(expected), PATIENCE)

/** Work that a test ends when it likes. */
function held(name: JobName = BREACHES) {
  const calls: {
    organizationId: number
    signal: AbortSignal
    end: (told?: object) => void
    fail: (e: Error) => void
  }[] = []
  vi.spyOn(WORK, name).mockImplementation((ctx, _input, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>()
    const end = (told = {}) => resolve(told as Record<string, unknown>)
    signal.addEventListener('abort', () => end())
    calls.push({ organizationId: ctx.organizationId, signal, end, fail: reject })
    return promise
  })
  const begun = (count: number) => vi.waitFor(() => expect(calls).toHaveLength(count), PATIENCE)
  return { calls, begun }
}

test('who works looks for jobs again and again, and says so', async () => {
  const beat = vi.spyOn(kit.app.pulse, 'beat')
  work()
  await vi.waitFor(() => expect(beat).toHaveBeenCalled(), PATIENCE)
})

test('a job is done for its organization as soon as it is asked for, and says what came of it', async () => {
  work()
  const ctx = await organization()
  const seen = vi.spyOn(WORK, BREACHES)
  const { id } = await startJob(ctx, { name: BREACHES })
  await become(ctx, id, {
    ...{ state: 'succeeded', attempts: 1, error: null },
    outcome: { unknown: 0, safe: 0, breached: 0, breachedIds: [] },
  })
  expect(seen.mock.calls[0]![0]).toMatchObject({ organizationId: ctx.organizationId, requestId: ctx.requestId })
})

test('what was asked for while nobody worked is done when somebody does', async () => {
  const ctx = await organization()
  const { id } = await startJob(ctx, { name: BREACHES })
  work()
  await become(ctx, id, { state: 'succeeded' })
})

test('an attempt that fails is followed by others, and the last of them by an announcement', async () => {
  vi.spyOn(WORK, BREACHES).mockRejectedValue(new Error('a secret cause'))
  const ctx = await organization()
  const { id } = await startJob(ctx, { name: BREACHES })
  const registry = new Registry()
  work(registry)
  const client = new pg.Client(kit.app.databaseUrl)
  await client.connect()
  await client.query('SET ROLE opsgraph_system')
  for (const attempts of [1, 2, 3]) {
    const error = 'Something went wrong on our side.'
    await become(ctx, id, { state: 'retrying', attempts, error, finishedAt: null })
    const wait = ((await jobOf(ctx, id)).runAt!.getTime() - Date.now()) / 1000
    expect(wait).toBeGreaterThan(300 * 2 ** (attempts - 1) - 20)
    expect(wait).toBeLessThan(300 * 2 ** (attempts - 1) * 1.25 + 1)
    const again = `UPDATE pgboss.job SET start_after = now() WHERE name = $1 AND state = 'created'`
    await vi.waitFor(async () => expect((await client.query(again, [BREACHES])).rowCount).toBe(1), PATIENCE)
  }
  await client.end()
  await become(ctx, id, { state: 'failed', attempts: 4, finishedAt: expect.any(Date) })
  const last = await asSystem(async () => await kit.app.prisma.event.findFirst({ orderBy: { id: 'desc' } }))
  expect(last).toMatchObject({ type: 'job.failed', organizationId: ctx.organizationId, requestId: ctx.requestId })
  expect(JSON.stringify(last?.data)).not.toContain('secret cause')
  const metrics = await registry.metrics()
  expect(metrics).toContain(`opsgraph_job_failures_total{name="${BREACHES}"} 4`)
  expect(metrics).toContain(`opsgraph_job_attempts_total{name="${BREACHES}",outcome="retrying"} 3`)
}, 60_000)

test('what is refused is not tried again, until somebody wants it', async () => {
  const refusing = vi.spyOn(WORK, BREACHES).mockRejectedValue(new AppError('NOT_FOUND', 'There is no vault.'))
  const ctx = await organization()
  const { id } = await startJob(ctx, { name: BREACHES })
  work()
  await become(ctx, id, { state: 'failed', attempts: 1, error: 'There is no vault.' })
  refusing.mockResolvedValue({ mended: true })
  await retryJob(ctx, id)
  await become(ctx, id, { state: 'succeeded', attempts: 1, error: null, outcome: { mended: true } })
})

test('a job that is cancelled while it waits is never begun, and a running one is told to stop', async () => {
  const ctx = await organization()
  const { calls, begun } = held()
  const waiting = await startJob(ctx, { name: BREACHES })
  await cancelJob(ctx, waiting.id)
  const running = await startJob(ctx, { name: BREACHES })
  work()
  await begun(1)
  await cancelJob(ctx, running.id)
  await vi.waitFor(() => expect(calls[0]!.signal.aborted).toBe(true), PATIENCE)
  await become(ctx, running.id, { state: 'cancelled', outcome: null })
  expect(await jobOf(ctx, waiting.id)).toMatchObject({ state: 'cancelled', attempts: 0 })
  expect(calls).toHaveLength(1)
})

test('of one organization one job of a kind runs at a time, whoever works; others do not wait for it', async () => {
  const [one, two] = [await organization('a'), await organization('b')]
  const { calls, begun } = held()
  const first = await startJob(one, { name: BREACHES })
  const second = await startJob(one, { name: BREACHES })
  work()
  work()
  await begun(1)
  const other = await startJob(two, { name: BREACHES })
  await begun(2)
  expect(calls.map(({ organizationId }) => organizationId)).toEqual([one.organizationId, two.organizationId])
  calls[0]!.end({ turn: 1 })
  await begun(3)
  calls[1]!.end()
  calls[2]!.end({ turn: 2 })
  for (const { id } of [first, second]) await become(one, id, { state: 'succeeded', attempts: 1 })
  await become(two, other.id, { state: 'succeeded' })
  // What was handed over together is taken in any order.
  const turns = await Promise.all([first, second].map(async ({ id }) => (await jobOf(one, id)).outcome))
  expect(turns).toEqual(expect.arrayContaining([{ turn: 1 }, { turn: 2 }]))
})

test('a worker that is told to stop puts its job back, and another one takes it up', async () => {
  const ctx = await organization()
  const { calls, begun } = held()
  const { id } = await startJob(ctx, { name: BREACHES })
  const leaving = work()
  await begun(1)
  const from = performance.now()
  await leaving.stop()
  expect(performance.now() - from).toBeLessThan(5_000)
  expect(await jobOf(ctx, id)).toMatchObject({ state: 'queued', attempts: 0, handedOver: false })
  work()
  await begun(2)
  calls[1]!.end({ done: true })
  await become(ctx, id, { state: 'succeeded', attempts: 1, outcome: { done: true } })
})

test('a job that nobody came back from, as often as it may be tried, has failed', async () => {
  const ctx = await organization()
  const { begun } = held()
  const { id } = await startJob(ctx, { name: BREACHES })
  work()
  await begun(1)
  const lost = `UPDATE pgboss.job SET started_on = now() - interval '1 day', retry_limit = 0 WHERE name = $1`
  await kit.app.query(lost, [BREACHES])
  await vi.waitFor(async () => expect(await jobOf(ctx, id)).toMatchObject({ state: 'failed' }), {
    ...PATIENCE,
    timeout: 45_000,
  })
  expect((await jobOf(ctx, id)).error).toContain('its worker was lost')
}, 60_000)

/** A sent invoice that was due the day before the fixed clock's. */
async function late(ctx: ReturnType<typeof contextOf>): Promise<void> {
  const { id: clientId } = await createClient(ctx, { name: 'Harbor Foods' })
  const dates = { issuedOn: new Date('2026-05-01'), dueOn: new Date('2026-05-22') }
  const lines = [{ description: 'Work', unitPrice: '1' }]
  await sendInvoice(ctx, (await createInvoice(ctx, { clientId, ...dates, lines })).id)
}

const overdueIn = (ctx: ReturnType<typeof contextOf>) => ctx.db.invoice.count({ where: { status: 'overdue' } })

test('late invoices of every organization become overdue when a worker starts', async () => {
  const [one, two, none] = [await organization('a'), await organization('b'), await organization('c')]
  for (const ctx of [one, one, two]) await late(ctx)
  work()
  await vi.waitFor(async () => expect([await overdueIn(one), await overdueIn(two)]).toEqual([2, 1]), PATIENCE)
  const jobs = await asSystem(async () => await kit.app.prisma.job.findMany({ where: { name: OVERDUE } }))
  expect(jobs.map(({ organizationId }) => organizationId)).not.toContain(none.organizationId)
  await vi.waitFor(async () => {
    const done = await one.db.job.findMany({ where: { name: OVERDUE, state: 'succeeded' } })
    expect(done.map(({ outcome }) => outcome)).toEqual([{ marked: 2 }])
  }, PATIENCE)
})

const scheduled = (name: string) => SCHEDULES.find((each) => each.name === name)!.run(kit.app)

test('a schedule queues nothing that waits already', async () => {
  const ctx = await organization()
  await late(ctx)
  await Promise.all([scheduled('overdue-invoices'), scheduled('overdue-invoices')])
  await scheduled('overdue-invoices')
  expect(await ctx.db.job.count({ where: { name: OVERDUE } })).toBe(1)
})

test('passwords are looked up where there are some', async () => {
  const [one, two] = [await organization('a'), await organization('b')]
  const { createPasswordEntry } = await import('../vault/verbs.ts')
  await createPasswordEntry(one, { title: 'Router', password: 'correct horse' })
  await scheduled('breached-passwords')
  expect(await one.db.job.count({ where: { name: BREACHES } })).toBe(1)
  expect(await two.db.job.count()).toBe(0)
})

test('housekeeping forgets what finished 30 days ago, and answers that were kept long enough', async () => {
  const ctx = await organization()
  const old = await startJob(ctx, { name: BREACHES })
  const young = await startJob(ctx, { name: BREACHES })
  const finish = `UPDATE job SET state = 'succeeded', finished_at = $2 WHERE id = $1`
  await kit.app.query(finish, [old.id, '2026-04-23T11:00:00Z'])
  await kit.app.query(finish, [young.id, '2026-04-24T11:00:00Z'])
  const prune = vi.spyOn(kit.app.idempotency, 'prune')
  await scheduled('housekeeping')
  expect((await ctx.db.job.findMany()).map(({ id }) => id)).toEqual([young.id])
  expect(prune).toHaveBeenCalledOnce()
})

test('months of checks are made ahead, and dropped when they are no longer kept', async () => {
  await makePartitions(kit.app.databaseUrl, new Date('2026-01-15'))
  await scheduled('months')
  const rows = await kit.app.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'monitor_check'::regclass ORDER BY 1`,
    [],
  )
  expect([rows[0]!.name, rows.at(-1)!.name]).toEqual(['monitor_check_2026_02', 'monitor_check_2026_08'])
})

test('the depth of the queue is told by name and state', async () => {
  const ctx = await organization()
  const { begun } = held()
  const registry = new Registry()
  await startJob(ctx, { name: BREACHES })
  await startJob(ctx, { name: BREACHES })
  work(registry)
  await begun(1)
  const metrics = await registry.metrics()
  expect(metrics).toContain(`opsgraph_jobs{name="${BREACHES}",state="running"} 1`)
  expect(metrics).toContain(`opsgraph_jobs{name="${BREACHES}",state="queued"} 1`)
})
