import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Serving, startServing } from '../../src/serve.ts'
import { type Answer, type Request, testServer } from '../kit/server.ts'
import { minted } from './minted.ts'
import { filled, type Route, routesOf } from './routes.ts'

/** Behind a proxy that is trusted, so that each caller can have an address of its own. */
const server = testServer({ OPSGRAPH_TRUSTED_PROXIES: '127.0.0.0/8' })
let routes: Route[] = []
let admin = ''
let second: Serving
beforeAll(async () => {
  routes = await routesOf(server)
  admin = (await minted(server)).token
  second = await startServing({ ...server.app.config, port: 0 }, () => {})
})
afterAll(() => second?.stop())

let callers = 0
const elsewhere = () => ({ 'x-forwarded-for': `198.51.${++callers >> 8}.${callers & 255}` })
const from = (address: string, path: string, request: Request = {}) =>
  server.request(path, { ...request, headers: { 'x-forwarded-for': address, ...request.headers } })

function carriesEverything(answer: Answer, of: string) {
  const { headers } = answer
  const at = [of, answer.status]
  expect([...at, headers.get('x-request-id')]).toEqual([...at, expect.stringMatching(/^[\w-]{36}$/)])
  expect([...at, headers.get('x-ratelimit-limit')]).toEqual([...at, expect.stringMatching(/^\d+$/)])
  expect([...at, headers.get('x-ratelimit-remaining')]).toEqual([...at, expect.stringMatching(/^\d+$/)])
  expect([...at, headers.get('ratelimit')]).toEqual([...at, expect.stringMatching(/^"default";r=\d+;t=\d+$/)])
  expect([...at, headers.get('ratelimit-policy')]).toEqual([...at, expect.stringMatching(/^"default";q=\d+;w=\d+$/)])
  const limit = Number(headers.get('x-ratelimit-limit'))
  expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThanOrEqual(limit)
  expect(headers.get('ratelimit-policy')).toContain(`q=${limit};`)
}

async function eachRoute(
  statuses: number[],
  request: (route: Route) => Request,
  path = (route: Route) => filled(route.path),
) {
  expect(routes.length).toBeGreaterThan(30)
  for (const route of routes) {
    const { headers, ...asked } = request(route)
    const answer = await server.request(path(route), { ...asked, headers: { ...elsewhere(), ...headers } })
    carriesEverything(answer, `${asked.method} ${route.path}`)
    if (!route.operation.security || route.operation.security.length)
      expect([route.path, asked.method, statuses.includes(answer.status) || answer.status]).toEqual([
        route.path,
        asked.method,
        true,
      ])
  }
}

describe('the headers of the limit are on every answer', () => {
  const body = ({ method }: Route) => (method === 'GET' || method === 'DELETE' ? {} : { body: {} })
  const open = ({ path }: Route) => path === '/api/healthz'

  it('401 without a credential, on every route', async () => {
    await eachRoute([401, 200], (route) => ({ method: route.method, ...body(route) }))
    const guarded = routes.filter((route) => !open(route))
    for (const route of guarded.slice(0, 5))
      expect((await server.request(filled(route.path), { method: route.method, headers: elsewhere() })).status).toBe(
        401,
      )
  })

  it('401 with a wrong one, on every route', () =>
    eachRoute([401, 200], (route) => ({ method: route.method, key: 'dsk_wrong', ...body(route) })))

  it('success and refusal, on every route', () =>
    eachRoute(
      [200, 201, 202, 204, 400, 404, 409, 415, 422],
      (route) => ({ method: route.method, key: admin, ...body(route) }),
      (route) => filled(route.path, '2000000000'),
    ))

  it('405, on every path', () => eachRoute([405], () => ({ method: 'PROPFIND', key: admin })))

  it('429, on every route', async () => {
    const { token } = await minted(server, { capacity: 1, refillPerSecond: 0.001 })
    await server.request('/api/v1/me', { key: token })
    await eachRoute([429, 200], (route) => ({ method: route.method, key: token, ...body(route) }))
  })

  it('403, 404, HEAD, OPTIONS, 304 and GraphQL', async () => {
    const weak = (await minted(server, { scopes: ['apps'] })).token
    const { headers } = await server.request('/api/v1/hr', { key: admin })
    const query = { query: '{ me { name } }' }
    const asked: [number, string, Request][] = [
      [403, '/api/v1/hr', { key: weak }],
      [404, '/api/v1/nothing', { key: weak }],
      [404, '/api/nothing/', {}],
      [200, '/api/v1/hr', { key: admin, method: 'HEAD' }],
      [204, '/api/v1/hr', { method: 'OPTIONS' }],
      [304, '/api/v1/hr', { key: admin, headers: { 'if-none-match': headers.get('etag') ?? '' } }],
      [413, '/api/v1/leads', { key: admin, method: 'POST', body: 'x'.repeat(1024 * 1024 + 1) }],
      [200, '/graphql', { key: admin, method: 'POST', body: query }],
      [200, '/graphql?query={__typename}', { key: admin, headers: { accept: 'application/json' } }],
      [401, '/graphql', { method: 'POST', body: query }],
      [400, '/graphql', { key: admin, method: 'POST', body: '{' }],
      [415, '/graphql', { key: admin, method: 'POST', body: '{', headers: { 'content-type': 'text/plain' } }],
    ]
    for (const [status, path, request] of asked) {
      const answer = await server.request(path, { ...request, headers: { ...elsewhere(), ...request.headers } })
      expect([path, answer.status]).toEqual([path, status])
      carriesEverything(answer, path)
    }
  })

  it('a request id from a trusted proxy is kept', async () => {
    const { headers } = await server.request('/api/v1/me', {
      key: admin,
      headers: { 'x-request-id': 'trace-12345678' },
    })
    expect(headers.get('x-request-id')).toBe('trace-12345678')
  })
})

describe('a bucket', () => {
  it.each([
    ['dashboard', '"default";q=100;w=100', '100'],
    ['devsphere', '"default";q=120;w=60', '120'],
    ['clientst0r', '"default";q=120;w=60', '120'],
  ])('of a %s key is as large as its document says', async (family, policy, limit) => {
    const { headers } = await server.request('/api/v1/me', { key: server.key(family) })
    expect([headers.get('ratelimit-policy'), headers.get('x-ratelimit-limit')]).toEqual([policy, limit])
  })

  it('counts down, refuses, and lets in whoever waits as long as it says', async () => {
    const { token } = await minted(server, { capacity: 2, refillPerSecond: 5 })
    const once = async () => {
      const { status, headers } = await server.request('/api/v1/me', { key: token })
      return { status, left: headers.get('x-ratelimit-remaining'), retry: headers.get('retry-after') }
    }
    const burst = await Promise.all([once(), once(), once(), once(), once()])
    const refused = burst.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(1)
    for (const { left, retry } of refused) expect([left, retry]).toEqual(['0', '1'])
    await wait(1000)
    expect((await once()).status).toBe(200)
  })

  it('admits at most capacity and what flows back, over both processes together', async () => {
    const { token } = await minted(server, { capacity: 20, refillPerSecond: 10 })
    const started = performance.now()
    const statuses = await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        fetch(`${i % 2 ? server.url : second.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } }).then(
          ({ status }) => status,
        ),
      ),
    )
    const seconds = (performance.now() - started) / 1000
    const admitted = statuses.filter((status) => status === 200).length
    expect(admitted).toBeLessThanOrEqual(20 + 10 * seconds)
    expect(admitted).toBeGreaterThanOrEqual(20)
    expect(statuses.every((status) => status === 200 || status === 429)).toBe(true)
  })

  it('belongs to the key, not to the address', async () => {
    const [one, two] = [
      await minted(server, { capacity: 1, refillPerSecond: 0.001 }),
      await minted(server, { capacity: 1 }),
    ]
    expect((await from('203.0.113.1', '/api/v1/me', { key: one.token })).status).toBe(200)
    expect((await from('203.0.113.2', '/api/v1/me', { key: one.token })).status).toBe(429)
    expect((await from('203.0.113.1', '/api/v1/me', { key: two.token })).status).toBe(200)
  })

  it('is paid by refusals too', async () => {
    const { token } = await minted(server, { scopes: ['apps'], capacity: 2, refillPerSecond: 0.001 })
    const statuses = []
    for (const path of ['/api/v1/hr', '/api/v1/nothing', '/api/v1/apps'])
      statuses.push((await server.request(path, { key: token })).status)
    expect(statuses).toEqual([403, 404, 429])
  })
})

describe('failed authentication', () => {
  const SHAPES: [string, object][] = [
    ['/api/v1/hr', { error: expect.any(String), code: 'rate_limited', requestId: expect.any(String) }],
    ['/api/v1/leads', { error: 'rate_limited' }],
    ['/api/assets/', { detail: expect.stringMatching(/^Request was throttled\./) }],
  ]

  it('is limited by address, in the manner of the path, and only there', async () => {
    const good = (await minted(server)).token
    let guesses = 0
    const attempt = () => from('192.0.2.66', '/api/v1/me', { key: `dsk_${++guesses}` })
    const first = await attempt()
    expect([first.status, first.headers.get('x-ratelimit-limit')]).toEqual([401, '60'])
    const statuses = (await Promise.all(Array.from({ length: 80 }, attempt))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(59)
    expect(statuses).toContain(429)
    for (const [path, shape] of SHAPES) {
      const { status, headers, json } = await from('192.0.2.66', path, { key: 'dsk_wrong' })
      expect([status, json]).toEqual([429, shape])
      expect(headers.get('retry-after')).toMatch(/^\d+$/)
    }
    expect((await from('192.0.2.67', '/api/v1/me', { key: good })).status).toBe(200)
  })

  it('of a good key never happens, however often it is used', async () => {
    const good = (await minted(server)).token
    const statuses = await Promise.all(
      Array.from({ length: 90 }, () => from('192.0.2.70', '/api/v1/me', { key: good }).then(({ status }) => status)),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
  })
})
