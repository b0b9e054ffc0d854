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

  it('429 tells when to come back', async () => {
    const { token } = await minted(server, { capacity: 1, refillPerSecond: 0.1 })
    await get('/api/v1/organizations', token)
    const answer = await get('/api/v1/organizations', token)
    const retry = Number(answer.headers.get('retry-after'))
    failed(answer, 429, 'rate_limited', { retry_after: retry })
    expect(retry).toBeGreaterThanOrEqual(9)
  })
})
