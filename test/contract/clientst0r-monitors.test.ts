import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server, { family: 'clientst0r' })).token
})

const ask = (method: string, path: string, body?: unknown, as: string | undefined = key) =>
  server.request(path, { method, key: as, body })
const get = (path: string, as = key) => ask('GET', path, undefined, as)
const create = async (body: object) => (await ask('POST', '/api/monitors/', body)).json

type Monitor = Record<string, string | number | boolean | null>
const results = async (query: string): Promise<Monitor[]> =>
  (await get(`/api/monitors/?page_size=200&${query}`)).json.results

const FIELDS =
  'id name kind url target check_type check_interval_minutes expected_status_code expected_text slow_after_ms is_enabled status last_checked_at last_status_code last_response_time_ms uptime_percentage ssl_expires_at domain_expires_at last_error asset_id app_id created_at updated_at'

const SITE = { name: 'Site', kind: 'website', url: 'https://www.example.com/', check_type: 'http', is_enabled: true }
const UNCHECKED = {
  ...{ status: 'unknown', last_checked_at: null, last_status_code: null, last_response_time_ms: null },
  ...{ uptime_percentage: null, ssl_expires_at: null, last_error: null },
}

describe('/api/monitors/', () => {
  it('lists with exactly the documented keys', async () => {
    const { status, json } = await get('/api/monitors/?page_size=5')
    expect([status, Object.keys(json)]).toEqual([200, ['count', 'next', 'previous', 'results']])
    expect(json).toMatchObject({ count: 9, previous: null })
    for (const monitor of json.results) expect(Object.keys(monitor).join(' ')).toBe(FIELDS)
    const { json: second } = await get(json.next.replace(server.url, ''))
    expect(second).toMatchObject({ next: null, results: { length: 4 } })
  })

  it('creates, reads, replaces and changes; what a check finds out cannot be written', async () => {
    const made = await ask('POST', '/api/monitors/', { ...SITE, status: 'up', last_status_code: 200, id: 999 })
    expect(made).toMatchObject({ status: 201, json: { ...SITE, ...UNCHECKED, check_interval_minutes: 5 } })
    const path = `/api/monitors/${made.json.id}/`
    expect((await get(path)).json).toEqual(made.json)
    const changes = { is_enabled: false, status: 'down', asset_id: 1, check_interval_minutes: 15 }
    const patched = await ask('PATCH', path, changes)
    expect(patched).toMatchObject({ status: 200, json: { ...SITE, ...changes, ...UNCHECKED } })
    expect((await ask('PATCH', path, { asset_id: null, target: null })).json).toMatchObject({ asset_id: null })
    expect(await ask('PUT', path, { name: 'Renamed' })).toMatchObject({ status: 200, json: { name: 'Renamed' } })
  })

  it('PUT requires what is required, PATCH requires nothing', async () => {
    const { id } = await create(SITE)
    const text = '{"name":["This field is required."]}'
    expect(await ask('PUT', `/api/monitors/${id}/`, { url: SITE.url })).toMatchObject({ status: 400, text })
    expect(await ask('PATCH', `/api/monitors/${id}/`, {})).toMatchObject({ status: 200, json: SITE })
  })

  it.each([
    [{ url: SITE.url }, '{"name":["This field is required."]}'],
    [{ name: 'x' }, '{"url":["is needed to check a website, or anything over http."]}'],
    [{ ...SITE, url: 'example.com' }, '{"url":["must be an address that starts with http:// or https://."]}'],
    [{ name: 'x', kind: 'wan' }, '{"target":["is needed to check by icmp."]}'],
    [{ ...SITE, kind: 'lan' }, '{"kind":["Must be one of wan, website."]}'],
    [{ ...SITE, check_interval_minutes: 1441 }, '{"check_interval_minutes":["must be at most 1440, a day."]}'],
    [{ ...SITE, asset_id: 2_000_000_000 }, '{"asset_id":["No such row."]}'],
  ])('POST refuses %j under the names of the fields', async (body, text) => {
    expect(await ask('POST', '/api/monitors/', body)).toMatchObject({ status: 400, text })
  })

  it.each([
    ['DELETE', '/api/monitors/1/', 'GET, PATCH, PUT, HEAD, OPTIONS'],
    ['DELETE', '/api/v1/monitors/1', 'GET, PATCH, PUT, HEAD, OPTIONS'],
    ['PATCH', '/api/monitors/', 'GET, POST, HEAD, OPTIONS'],
  ])('405 for %s %s', async (method, path, allow) => {
    const { status, text, headers } = await ask(method, path, method === 'DELETE' ? undefined : {})
    expect([status, text]).toEqual([405, JSON.stringify({ detail: `Method "${method}" not allowed.` })])
    expect(headers.get('allow')?.split(', ').sort()).toEqual(allow.split(', ').sort())
    expect((await get('/api/monitors/1/')).status).toBe(200)
  })

  it.each(['/api/monitors/1', '/api/v1/monitors/1/', '/api/v1/monitors/1'])('%s is /api/monitors/1/', async (path) => {
    expect((await get(path)).text).toBe((await get('/api/monitors/1/')).text)
  })

  it('needs monitors:read, and monitors:write to change anything', async () => {
    const { token: vehicles } = await minted(server, { family: 'clientst0r', scopes: ['vehicles:read'] })
    const { token: reader } = await minted(server, { family: 'clientst0r', role: 'readonly' })
    const { token: editor } = await minted(server, { family: 'clientst0r', role: 'editor' })
    expect((await get('/api/monitors/', vehicles)).status).toBe(403)
    expect((await get('/api/monitors/1/', reader)).status).toBe(200)
    expect((await ask('PATCH', '/api/monitors/1/', { name: 'x' }, reader)).status).toBe(403)
    expect((await ask('POST', '/api/monitors/', SITE, editor)).status).toBe(201)
  })

  it('is in the list of resources', async () => {
    expect((await get('/api/')).json.monitors).toBe(`${server.url}/api/monitors/`)
  })
})

describe('search, ordering and filters of monitors', () => {
  it.each(['name', 'url', 'target'])('search looks through %s', async (field) => {
    const monitor = (await results('ordering=id')).find((each) => each[field] !== null)
    const found = await results(`search=${encodeURIComponent(String(monitor![field]).toUpperCase())}`)
    expect(found.map((each) => each[field])).toContain(monitor![field])
    expect(found.length).toBeLessThan((await results('')).length)
  })

  it.each([
    ['kind', 'wan'],
    ['check_type', 'icmp'],
    ['status', 'unknown'],
    ['is_enabled', false],
    ['asset_id', 15],
  ])('filters by %s=%s', async (field, value) => {
    const found = await results(`${field}=${value}`)
    expect(found.length).toBeGreaterThan(0)
    for (const monitor of found) expect(monitor[field]).toBe(value)
  })

  it('none is down before anything was checked', async () => {
    expect(await results('status=down')).toEqual([])
    expect((await get('/api/monitors/?status=broken')).status).toBe(400)
  })

  it.each(FIELDS.split(' '))('orders by %s, both ways, monitors without a value last', async (field) => {
    const values = async (order: string) => (await results(`ordering=${order}`)).map((each) => each[field])
    const [up, down] = [await values(field), await values(`-${field}`)]
    const given = (list: unknown[]) => list.filter((each) => each !== null)
    expect(up.slice(given(up).length).every((each) => each === null)).toBe(true)
    expect(down.slice(given(down).length).every((each) => each === null)).toBe(true)
    const runs = (list: unknown[]) => given(list).filter((each, i, all) => each !== all[i - 1])
    expect(runs(up)).toEqual(runs(down).reverse())
  })
})
