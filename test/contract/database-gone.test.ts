import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../kit/database.ts'
import { TestServer } from '../kit/server.ts'
import { minted } from './minted.ts'

/** A wire to PostgreSQL that can be cut. */
class Wire {
  #server: Server | undefined
  readonly #sockets = new Set<Socket>()
  readonly #target: { host: string; port: number }
  port = 0

  constructor(url: URL) {
    this.#target = { host: url.hostname, port: Number(url.port || 5432) }
  }

  async lay(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.#target)
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from)
        from.pipe(to)
        from.on('error', () => to.destroy())
        from.on('close', () => this.#sockets.delete(from))
      }
    })
    await new Promise<void>((done) => server.listen(this.port, '127.0.0.1', done))
    this.port = (server.address() as { port: number }).port
    this.#server = server
  }

  async cut(): Promise<void> {
    const closed = new Promise((done) => this.#server?.close(done))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}

const server = new TestServer()
let database: TestDatabase
let wire: Wire
let key = ''

beforeAll(async () => {
  database = await testDatabase()
  const url = new URL(database.url)
  wire = new Wire(url)
  await wire.lay()
  Object.assign(url, { hostname: '127.0.0.1', port: String(wire.port) })
  await server.open({ DATABASE_URL: url.href })
  key = (await minted(server)).token
})
afterAll(async () => {
  await server.close()
  await wire?.cut()
  await database?.drop()
})

async function timely(path: string) {
  const from = performance.now()
  const answer = await server.request(path, { key })
  expect(performance.now() - from).toBeLessThan(2500)
  return answer
}

const SHAPES: [string, (id: string) => object][] = [
  ['/api/v1/hr', (id) => ({ error: expect.any(String), code: 'unavailable', requestId: id })],
  ['/api/v1/leads', () => ({ error: 'unavailable' })],
  ['/api/assets/', () => ({ detail: expect.any(String) })],
  [
    '/api/v1/organizations',
    (id) => ({
      ...{ success: false, data: null, meta: { request_id: id } },
      error: { code: 'unavailable', message: expect.any(String), details: { retry_after: expect.any(Number) } },
    }),
  ],
]

describe('while the database is gone', () => {
  beforeAll(() => wire.cut())

  it.each(SHAPES)('%s answers 503 with Retry-After in time, in its own shape', async (path, shape) => {
    const { status, headers, json } = await timely(path)
    expect([status, json]).toEqual([503, shape(headers.get('x-request-id') ?? '')])
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
  })

  it('GraphQL answers 503 as well', async () => {
    const { status, json } = await server.graphql('{ me { name } }', {}, key)
    expect([status, json.errors[0].extensions.code]).toEqual([503, 'UNAVAILABLE'])
  })

  it('/api/healthz says what is missing', async () => {
    const { status, json } = await timely('/api/healthz')
    expect([status, json.success, json.data]).toEqual([503, false, null])
    expect(json.error).toMatchObject({ code: 'unavailable', details: { checks: { database: { ok: false } } } })
  })

  it('the process is alive and not ready', async () => {
    expect((await timely('/livez')).status).toBe(200)
    expect(await timely('/readyz')).toMatchObject({ status: 503, json: { status: 'not ready' } })
  })
})

describe('when the database is back', () => {
  beforeAll(() => wire.lay())

  it('requests succeed again', async () => {
    await expect.poll(async () => (await timely('/api/v1/hr')).status, { timeout: 5000 }).toBe(200)
    await expect.poll(async () => (await timely('/api/healthz')).status, { timeout: 5000 }).toBe(200)
  })
})
