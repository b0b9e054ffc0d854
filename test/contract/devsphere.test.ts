import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  const scopes = ['leads:write', 'invoices:read', 'clients:read', 'opportunities:read']
  key = (await minted(server, { family: 'devsphere', scopes })).token
})

const ask = (method: string, path: string, body?: unknown, as = key) =>
  server.request(`/api/v1${path}`, { method, key: as, body })
const get = (path: string, as = key) => ask('GET', path, undefined, as)
const limited = (...scopes: string[]) => minted(server, { family: 'devsphere', scopes })

const LEAD = 'id name email phone company source status score notes client_id owner_id created_at updated_at'.split(' ')

describe('errors of documents 001 and 002, byte for byte', () => {
  it.each([
    ['no key', undefined, 'Bearer'],
    ['a wrong key', 'dvs_live_xxx.xxxxxxxx', 'Bearer error="invalid_token"'],
    ['something that is no key at all', 'hello', 'Bearer error="invalid_token"'],
  ])('401 with %s', async (_what, as, challenge) => {
    const { status, text, headers } = await server.request('/api/v1/leads', { key: as })
    expect([status, text]).toEqual([401, '{"error":"invalid_api_key"}'])
    expect(headers.get('www-authenticate')).toBe(challenge)
  })

  it('403 names the scope that is needed', async () => {
    const { token } = await limited('invoices:read')
    const { status, text, headers } = await get('/leads', token)
    expect([status, text]).toEqual([403, '{"error":"insufficient_scope","need":"leads:read"}'])
    expect(headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="leads:read"')
  })

  it('429 from an empty bucket', async () => {
    const { token } = await minted(server, {
      family: 'devsphere',
      scopes: ['leads:read'],
      capacity: 1,
      refillPerSecond: 0.1,
    })
    await get('/leads?limit=1', token)
    const { status, text, headers } = await get('/leads?limit=1', token)
    expect([status, text]).toEqual([429, '{"error":"rate_limited"}'])
    expect(headers.get('retry-after')).toMatch(/^(9|10)$/)
  })

  it('404 and 405 in the same manner', async () => {
    expect(await get('/leads/2000000000')).toMatchObject({ status: 404, text: '{"error":"not_found"}' })
    expect(await get('/leads/not-a-number')).toMatchObject({ status: 404, text: '{"error":"not_found"}' })
    expect(await get('/leads/1/nothing')).toMatchObject({ status: 404, text: '{"error":"not_found"}' })
    const { status, text, headers } = await ask('PUT', '/leads/1', { name: 'x' })
    expect([status, text]).toEqual([405, '{"error":"method_not_allowed"}'])
    expect(headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS')
    expect((await ask('POST', '/invoices', {})).status).toBe(405)
  })
})

describe('scopes', () => {
  const OPENS = {
    'leads:read': ['/leads', '/leads/1'],
    'invoices:read': ['/invoices', '/invoices/1'],
    'clients:read': ['/clients', '/clients/1'],
    'opportunities:read': ['/opportunities', '/opportunities/1'],
  }

  it.each(Object.entries(OPENS))('%s opens its endpoints and no other', async (scope, opened) => {
    const { token } = await limited(scope)
    for (const path of Object.values(OPENS).flat()) {
      const { status, json } = await get(path, token)
      expect([path, status]).toEqual([path, opened.includes(path) ? 200 : 403])
      if (status === 403) expect(json.need).toBe(`${path.split('/')[1]}:read`)
    }
  })

  it('reading leads does not allow writing them; writing them allows reading', async () => {
    const reader = (await limited('leads:read')).token
    const writer = (await limited('leads:write')).token
    const refusal = '{"error":"insufficient_scope","need":"leads:write"}'
    expect((await ask('POST', '/leads', { name: 'x' }, reader)).text).toBe(refusal)
    expect((await ask('PATCH', '/leads/1', { name: 'x' }, reader)).text).toBe(refusal)
    expect((await ask('DELETE', '/leads/1', undefined, reader)).text).toBe(refusal)
    expect((await get('/leads', writer)).status).toBe(200)
  })
})

describe('leads', () => {
  const create = async (body: object) => (await ask('POST', '/leads', body)).json

  it('are created, read, changed and deleted', async () => {
    const given = { name: 'Ada', email: 'ada@example.com', source: 'referral', score: 40, notes: 'calls back' }
    const made = await ask('POST', '/leads', given)
    expect(made.status).toBe(201)
    expect(Object.keys(made.json)).toEqual(LEAD)
    expect(made.json).toMatchObject({ ...given, status: 'new', phone: null, client_id: null })
    const path = `/leads/${made.json.id}`
    expect((await get(path)).json).toEqual(made.json)
    const changed = await ask('PATCH', path, { status: 'qualified', notes: null })
    expect(changed).toMatchObject({ status: 200, json: { ...given, status: 'qualified', notes: null } })
    expect(await ask('DELETE', path)).toMatchObject({ status: 204, text: '' })
    expect((await get(path)).status).toBe(404)
    expect((await ask('DELETE', path)).status).toBe(404)
  })

  it.each([
    [{}, { name: ['This field is required.'] }],
    [{ name: null }, { name: ['This field may not be null.'] }],
    [{ name: 7 }, { name: ['Must be a string.'] }],
    [{ name: 'x', score: 101 }, { score: ['must be at most 100.'] }],
    [{ name: 'x', score: '5' }, { score: ['Must be a whole number between -2147483648 and 2147483647.'] }],
    [{ name: 'x', client_id: 2_000_000_000 }, { client_id: ['No such row.'] }],
    [{ name: 'x', email: 'nobody' }, { email: ['must be a mail address like name@example.com.'] }],
    [{ name: 'x', status: 'hot' }, { status: ['Must be one of contacted, converted, lost, new, qualified.'] }],
    [
      { name: 'x', organization_id: 2 },
      { organization_id: [expect.stringMatching(/^Unknown field; the valid ones are /)] },
    ],
    [{ name: 'x', id: 1 }, { id: [expect.stringMatching(/^Unknown field/)] }],
  ])('refuse %j and name the field', async (body, fields) => {
    const { status, json } = await ask('POST', '/leads', body)
    expect([status, json]).toEqual([400, { error: 'invalid_request', fields }])
  })

  it.each(['[]', '"x"', '{', '', 'null'])('refuse the body %j', async (body) => {
    const { status, json } = await ask('POST', '/leads', body)
    expect([status, json.error]).toEqual([400, 'invalid_request'])
    expect(Object.keys(json.fields).length).toBeGreaterThan(0)
  })

  it('of another organization are not found, byte for byte like those that never were', async () => {
    const { id } = await create({ name: 'ours' })
    const { token } = await minted(server, { organization: 1, family: 'devsphere', scopes: ['leads:write'] })
    for (const [method, body] of [['GET'], ['PATCH', { name: 'theirs' }], ['DELETE']] as const) {
      const [theirs, never] = await Promise.all([
        ask(method, `/leads/${id}`, body, token),
        ask(method, '/leads/2000000000', body, token),
      ])
      expect([theirs.status, theirs.text]).toEqual([404, never.text])
    }
    expect((await get(`/leads/${id}`)).json.name).toBe('ours')
  })

  it.each([
    ['status', 'converted', 'status'],
    ['source', 'referral', 'source'],
    ['client_id', '1', 'client_id'],
    ['owner_id', '2', 'owner_id'],
  ])('are filtered by %s', async (name, value, field) => {
    const { json } = await get(`/leads?${name}=${value}`)
    expect(json.count).toBeGreaterThan(0)
    for (const lead of json.data) expect(String(lead[field])).toBe(value)
  })
})
