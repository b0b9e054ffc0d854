import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
})

const get = (path: string, as: string | undefined = key) => server.request(path, { key: as })

function failed(answer: Awaited<ReturnType<typeof get>>, status: number, code: string, details: object = {}) {
  expect(answer.status).toBe(status)
  expect(answer.json).toEqual({
    success: false,
    data: null,
    meta: { request_id: answer.headers.get('x-request-id') },
    error: { code, message: expect.stringMatching(/^.+\.$/), details },
  })
  expect(Object.keys(answer.json)).toEqual(['success', 'data', 'meta', 'error'])
}

describe('GET /api/healthz', () => {
  it('answers anybody, in the envelope', async () => {
    const { status, json, headers } = await server.request('/api/healthz')
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(Object.keys(json)).toEqual(['success', 'data', 'meta', 'error'])
    expect(Object.keys(json.data)).toEqual(['status', 'version', 'uptime_seconds', 'checks'])
    expect(json).toMatchObject({
      success: true,
      error: null,
      data: {
        status: 'ok',
        checks: { database: { ok: true }, migrations: { ok: true }, jobs: { ok: true }, storage: { ok: true } },
      },
    })
    expect(Object.keys(json.data.checks)).toEqual(['database', 'migrations', 'jobs', 'storage'])
    expect(json.meta).toEqual({ request_id: headers.get('x-request-id') })
  })

  it('answers a wrong key as well', async () => {
    expect((await get('/api/healthz', 'nonsense')).status).toBe(200)
  })
})

describe('a server that is not ready', () => {
  it('says so in the envelope, which checks fail, and when to come back', async () => {
    const { server: facts } = server.app
    const { checks } = facts
    const found = { database: { ok: true }, migrations: { ok: true }, jobs: { ok: true }, storage: { ok: false } }
    facts.checks = async () => found
    const answer = await server.request('/api/healthz')
    failed(answer, 503, 'unavailable', { retry_after: 5, checks: found })
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(await server.request('/readyz')).toMatchObject({ status: 503, json: { status: 'not ready', checks: found } })
    facts.checks = async () => ({ ...found, storage: { ok: true }, jobs: { ok: false } })
    expect((await server.request('/api/healthz')).status).toBe(503)
    expect((await server.request('/readyz')).status, 'a process that only answers').toBe(200)
    expect((await server.request('/livez')).json).toEqual({ status: 'alive' })
    facts.checks = checks
    expect((await server.request('/api/healthz')).status).toBe(200)
  })
})

describe('every answer', () => {
  const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../schema/openapi/baserdb.json'), 'utf8'))
  const reads = Object.keys(document.paths).filter((path) => document.paths[path].get && !path.includes('{'))

  let token = ''
  beforeAll(async () => {
    const { email, password } = server.demo.organizations[0]!.users.find(({ role }) => role === 'admin')!
    const answer = await server.request('/api/v1/auth/login', { method: 'POST', body: { email, password } })
    token = answer.json.data.access_token
  })

  it.each(reads)('of GET %s is in the envelope', async (path) => {
    const { status, json, headers } = await get(path, token)
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['success', 'data', 'meta', 'error'])
    expect([json.success, json.error, json.meta.request_id]).toEqual([true, null, headers.get('x-request-id')])
    const { parameters = [] } = document.paths[path].get
    if (parameters.some(({ name }: { name: string }) => name === 'cursor'))
      expect(json.meta.pagination).toEqual({
        ...{ limit: 50, total: expect.any(Number) },
        next_cursor: json.data.length < json.meta.pagination.total ? expect.any(String) : null,
      })
    if (path !== '/api/healthz') expect(headers.get('x-ratelimit-remaining')).toMatch(/^\d+$/)
  })

  it('is the same with a slash at the end, and without a body for HEAD', async () => {
    const plain = await get('/api/v1/projects')
    const slash = await get('/api/v1/projects/')
    expect([slash.status, slash.json.data]).toEqual([200, plain.json.data])
    const head = await server.request('/api/v1/projects', { method: 'HEAD', key })
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers.get('content-type')).toBe(plain.headers.get('content-type'))
    const options = await server.request('/api/v1/projects', { method: 'OPTIONS', key })
    expect(options.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
  })

  it('of a row has an ETag, and is not sent again to who has it', async () => {
    const [{ id }] = (await get('/api/v1/projects')).json.data
    const etag = (await get(`/api/v1/projects/${id}`)).headers.get('etag')!
    const again = await server.request(`/api/v1/projects/${id}`, { key, headers: { 'if-none-match': etag } })
    expect([again.status, again.text]).toEqual([304, ''])
  })
})

describe('GET /api/v1/organizations', () => {
  it('lists the organization of the caller, and no other', async () => {
    const { status, json } = await get('/api/v1/organizations')
    expect(status).toBe(200)
    expect(json).toMatchObject({ success: true, error: null })
    expect(json.meta.pagination).toEqual({ limit: 50, next_cursor: null, total: 1 })
    expect(json.data.map(({ slug }: { slug: string }) => slug)).toEqual(['omniforge'])
    expect(Object.keys(json.data[0])).toEqual(['id', 'slug', 'name', 'description', 'created_at'])
    const { token } = await minted(server, { organization: 1 })
    const other = await get('/api/v1/organizations', token)
    expect(other.json.data.map(({ slug }: { slug: string }) => slug)).toEqual(['canary'])
  })

  it('shows one by its id', async () => {
    const { json: list } = await get('/api/v1/organizations')
    const { status, json } = await get(`/api/v1/organizations/${list.data[0].id}`)
    expect([status, json.data, json.meta.pagination]).toEqual([200, list.data[0], undefined])
  })

  it('does not find another, as it does not find one that never was', async () => {
    const { organizationId } = await minted(server, { organization: 1 })
    failed(await get(`/api/v1/organizations/${organizationId}`), 404, 'not_found')
    failed(await get('/api/v1/organizations/2000000000'), 404, 'not_found')
  })
})

describe('errors', () => {
  it('401 without a credential', async () => {
    failed(await server.request('/api/v1/organizations'), 401, 'invalid_credentials')
  })

  it('401 with a wrong one', async () => failed(await get('/api/v1/organizations', 'dsk_x'), 401, 'invalid_token'))

  it('403 names what is needed', async () => {
    const { token } = await minted(server, { scopes: ['apps'] })
    failed(await get('/api/v1/organizations', token), 403, 'forbidden', { need: 'organizations:read' })
  })

  it('404 at unknown paths of its own', async () => {
    failed(await get('/api/v1/organizations/1/nothing'), 404, 'not_found')
    failed(await get('/api/v1/audit/nothing'), 404, 'not_found')
  })

  it('405 with what is allowed', async () => {
    const answer = await server.request('/api/v1/organizations/1', { method: 'DELETE', key })
    expect([answer.status, answer.json.error.code]).toEqual([405, 'method_not_allowed'])
    expect(answer.headers.get('allow')).toContain('GET')
  })

  it('400 names the field', async () => {
    const fields = { limit: ['Must be a whole number from 1 to 200.'] }
    failed(await get('/api/v1/organizations?limit=0'), 400, 'invalid_request', { fields })
    const { json } = await get('/api/v1/organizations?page=2')
    expect(Object.keys(json.error.details.fields)).toEqual(['page'])
  })

  it('400, 413 and 415 for bodies that cannot be read', async () => {
    const post = (body: string, type = 'application/json') =>
      server.request('/api/v1/projects', { method: 'POST', key, body, headers: { 'content-type': type } })
    expect(await post('{')).toMatchObject({ status: 400, json: { success: false, error: { code: 'invalid_request' } } })
    failed(await post('name=x', 'application/x-www-form-urlencoded'), 415, 'unsupported_media_type')
    failed(await post(JSON.stringify({ name: 'x'.repeat(1024 * 1024) })), 413, 'payload_too_large')
  })

  it('422 for one Idempotency-Key with other parameters; the same are answered once more', async () => {
    const create = (name: string) =>
      server.request('/api/v1/projects', {
        ...{ method: 'POST', key, body: { name }, headers: { 'idempotency-key': 'baserdb-project' } },
      })
    const [first, again] = [await create('Once'), await create('Once')]
    expect([first.status, again.status, again.json.data]).toEqual([201, 201, first.json.data])
    failed(await create('Twice'), 422, 'unprocessable')
  })

  it('400 beyond 200 rows a page', async () => {
    expect((await get('/api/v1/projects?limit=200')).status).toBe(200)
    const fields = { limit: ['Must be a whole number from 1 to 200.'] }
    failed(await get('/api/v1/projects?limit=201'), 400, 'invalid_request', { fields })
  })

  it('429 tells when to come back', async () => {
    const { token } = await minted(server, { capacity: 1, refillPerSecond: 0.1 })
    await get('/api/v1/organizations', token)
    const answer = await get('/api/v1/organizations', token)
    const retry = Number(answer.headers.get('retry-after'))
    failed(answer, 429, 'rate_limited', { retry_after: retry })
    expect(retry).toBeGreaterThanOrEqual(9)
  })
})
