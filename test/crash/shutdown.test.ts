import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { testDatabase } from '../kit/database.ts'
import { Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { command, type Ended, Launched, makeKey, onDatabase, serve, type Variables } from './launch.ts'
import { ask, embeddedUrl, postmaster } from './written.ts'

const GONE_WITHIN_MS = 10_000
const PATIENCE = { timeout: 5_000, interval: 20 }
const IDLE_CONNECTIONS = 20
const SLOW_WRITES = 4

const opened = new AsyncDisposableStack()
let folder: string
let variables: Variables
let server: Launched
let secret: string

beforeAll(async () => {
  folder = opened.use(await dataFolder()).path
  variables = { OPSGRAPH_DATA: folder }
  server = opened.use(await serve(variables))
  const { organizations } = JSON.parse(await readFile(join(folder, 'demo.json'), 'utf8'))
  secret = (await makeKey(variables, organizations[0].slug)).secret
})
afterAll(() => opened.disposeAsync())

async function refused(url: string): Promise<string> {
  using stranger = new Caller(url)
  return await stranger.call('/livez').then(
    ({ status }) => `answered ${status}`,
    ({ code }) => code,
  )
}

describe('beside a running server', () => {
  it('a second server on the same data folder says so and ends', async () => {
    const { code, err } = await command(['serve'], variables)
    expect([code, err]).toEqual([1, expect.stringContaining('Another Opsgraph server is serving')])
    using caller = new Caller(server.url, secret)
    expect((await caller.call('/api/v1/me')).status).toBe(200)
  })

  it('a port that is taken is told in a sentence', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((done) => other.once('listening', done))
    const { port } = other.address() as { port: number }
    const database = await testDatabase()
    const { code, err } = await command(['serve'], onDatabase(database.url, folder, { PORT: String(port) }))
    expect([code, err]).toEqual([1, expect.stringContaining(`Port ${port} is taken.`)])
    await database.drop()
    other.close()
  })
})

describe('SIGTERM', () => {
  let locker: pg.Client
  let ended: Ended
  let took: number
  let answers: number[]
  let during: string
  let url: string

  /** Writes wait for a lock that the test holds, so that they are in flight when the signal comes. */
  beforeAll(async () => {
    url = await embeddedUrl(folder)
    locker = new pg.Client(url)
    await locker.connect()
    await locker.query('BEGIN')
    await locker.query('LOCK TABLE asset IN SHARE MODE')
    using caller = new Caller(server.url, secret)
    await Promise.all(Array.from({ length: IDLE_CONNECTIONS }, () => caller.call('/api/v1/me')))
    const slow = Array.from({ length: SLOW_WRITES }, (_, n) =>
      caller.post('/api/assets/', { name: `slow-${n}`, asset_type: 'server' }),
    )
    const waiting = 'SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted'
    await vi.waitFor(async () => expect((await locker.query(waiting)).rows[0].n).toBe(SLOW_WRITES), PATIENCE)
    const from = performance.now()
    server.child.kill('SIGTERM')
    await vi.waitFor(async () => expect(await refused(server.url)).toBe('ECONNREFUSED'), PATIENCE)
    during = await refused(server.url)
    await locker.query('COMMIT')
    answers = (await Promise.all(slow)).map(({ status }) => status)
    await locker.end()
    ended = await server.ended
    took = performance.now() - from
  })

  it('requests in flight finish while new connections are refused', () => {
    expect(answers).toEqual(Array(SLOW_WRITES).fill(201))
    expect(during).toBe('ECONNREFUSED')
  })

  it('the process ends well, and soon', () => {
    expect([ended.code, ended.signal]).toEqual([0, null])
    expect(took).toBeLessThan(GONE_WITHIN_MS / 2)
  })

  it('its PostgreSQL is stopped', async () => {
    await expect(postmaster(folder)).rejects.toThrow('ENOENT')
  })

  it('the requests that were still to be logged are in the log, and the writes are there', async () => {
    const again = opened.use(await serve(variables))
    const [row] = await ask(await embeddedUrl(folder), LOGGED)
    expect(row).toEqual({ asked: IDLE_CONNECTIONS + 1, written: SLOW_WRITES, kept: SLOW_WRITES, used: 1 })
    expect((await again.end()).code).toBe(0)
  })
})

describe('SIGTERM to a server that is starting', () => {
  it('ends it well, and its PostgreSQL with it', async () => {
    await using starting = new Launched(['serve', '--json'], variables)
    await vi.waitFor(() => expect(starting.err).toContain('starting the database'), PATIENCE)
    const { code, signal } = await starting.end()
    expect([code, signal]).toEqual([0, null])
    await expect(postmaster(folder)).rejects.toThrow('ENOENT')
  })
})

const LOGGED = `
  SELECT
    (SELECT count(*)::int FROM request_log WHERE path = '/api/v1/me' AND status = 200) AS asked,
    (SELECT count(*)::int FROM request_log WHERE path = '/api/assets/' AND status = 201) AS written,
    (SELECT count(*)::int FROM asset WHERE starts_with(name, 'slow-')) AS kept,
    (SELECT count(*)::int FROM api_key WHERE name = 'crash' AND last_used_at IS NOT NULL) AS used`
