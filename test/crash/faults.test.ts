import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Answer, Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { found, type Launched, onDatabase, serve } from './launch.ts'
import { Postgres } from './postgres.ts'

const ABSENCE_MS = process.env.OPSGRAPH_CRASH_ROUNDS ? 60_000 : 1_500
const REFUSED_WITHIN_MS = 2_000
const BACK_WITHIN_MS = 5_000
const CALLERS_PER_DOOR = 3

const opened = new AsyncDisposableStack()
let postgres: Postgres
let server: Launched
let caller: Caller

beforeAll(async () => {
  postgres = opened.use(await Postgres.make())
  const folder = opened.use(await dataFolder())
  const variables = onDatabase(postgres.url, folder.path)
  const { secret } = await found(variables)
  server = opened.use(await serve(variables))
  caller = opened.use(new Caller(server.url, secret))
})
afterAll(() => opened.disposeAsync())

type Door = { name: string; ask: () => Promise<Answer>; shape: (id: string) => object }

const sentence = expect.any(String)
const CREATE = 'mutation { createAsset(input: { name: "during", assetType: "server" }) { id } }'
const graphqlError = (requestId: string) => {
  const extensions = { code: 'UNAVAILABLE', status: 503, requestId, retryAfter: 2 }
  return { errors: [expect.objectContaining({ message: sentence, extensions })] }
}
const DOORS: Door[] = [
  {
    name: 'a dashboard route',
    ask: () => caller.call('/api/v1/hr'),
    shape: (id) => ({ error: sentence, code: 'unavailable', requestId: id }),
  },
  { name: 'a DevSphere route', ask: () => caller.call('/api/v1/leads'), shape: () => ({ error: 'unavailable' }) },
  {
    name: 'a ClientSt0r write',
    ask: () => caller.post('/api/assets/', { name: 'during', asset_type: 'server' }),
    shape: () => ({ detail: sentence }),
  },
  {
    name: 'a BaserDB route',
    ask: () => caller.call('/api/v1/organizations'),
    shape: (id) => ({
      ...{ success: false, data: null, meta: { request_id: id } },
      error: { code: 'unavailable', message: sentence, details: { retry_after: expect.any(Number) } },
    }),
  },
  { name: 'a GraphQL query', ask: () => caller.graphql('{ assets(first: 1) { totalCount } }'), shape: graphqlError },
  { name: 'a GraphQL mutation', ask: () => caller.graphql(CREATE), shape: graphqlError },
]

/** Asks without a pause until told to stop; every answer is kept. */
async function keepAsking({ ask }: Door, answers: Answer[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) answers.push(await ask())
}

const good = ({ status, json }: Answer): boolean => (status === 200 || status === 201) && json.errors === undefined

describe('kill -9 of PostgreSQL while requests run', () => {
  let during: Map<Door, Answer[]>

  beforeAll(async () => {
    const done = new AbortController()
    during = new Map(DOORS.map((door) => [door, []]))
    const asking = [...during].flatMap(([door, answers]) =>
      Array.from({ length: CALLERS_PER_DOOR }, () => keepAsking(door, answers, done.signal)),
    )
    await vi.waitUntil(() => [...during.values()].every((answers) => answers.some(good)), { timeout: 30_000 })
    await postgres.signal('SIGKILL')
    await pause(ABSENCE_MS)
    done.abort()
    await Promise.all(asking)
  }, ABSENCE_MS + 60_000)

  it.each(DOORS)('$name answers 503 with Retry-After in time, in its own shape', (door) => {
    const answers = during.get(door)!
    expect(answers.filter(good).length).toBeGreaterThan(0)
    const refused = answers.filter((answer) => !good(answer))
    expect(refused.length).toBeGreaterThan(0)
    for (const { status, headers, json, took } of refused) {
      expect([status, json]).toMatchObject([503, door.shape(String(headers['x-request-id']))])
      expect(headers['retry-after']).toMatch(/^[1-9]\d*$/)
      expect(took).toBeLessThan(REFUSED_WITHIN_MS)
    }
  })

  it('the process is alive and not ready', async () => {
    expect(await caller.call('/livez')).toMatchObject({ status: 200, json: { status: 'alive' } })
    expect(await caller.call('/readyz')).toMatchObject({ status: 503, json: { checks: { database: { ok: false } } } })
    expect(await caller.call('/api/healthz')).toMatchObject({ status: 503, json: { error: { code: 'unavailable' } } })
  })

  it('everything answers again soon after it is back, without a restart', async () => {
    await postgres.start()
    const from = performance.now()
    const everything = async () => {
      const answers = await Promise.all([...DOORS.map(({ ask }) => ask()), caller.call('/readyz')])
      return answers.filter((answer) => !good(answer)).length
    }
    await expect.poll(everything, { timeout: BACK_WITHIN_MS, interval: 50 }).toBe(0)
    expect(performance.now() - from).toBeLessThan(BACK_WITHIN_MS)
    expect(server.child.exitCode).toBe(null)
  })
})
