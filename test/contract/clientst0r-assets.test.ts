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
const create = async (body: object) => (await ask('POST', '/api/assets/', body)).json

const FIELDS =
  'id name asset_type serial_number model manufacturer hostname ip_address mac_address location notes tags custom_fields is_active organization organization_name created_at updated_at created_by created_by_name'
const ORDERABLE =
  'asset_type created_at created_by hostname id ip_address is_active location mac_address manufacturer model name notes organization serial_number updated_at'

describe('/api/assets/', () => {
  it('lists with exactly the documented keys', async () => {
    const { status, json } = await get('/api/assets/')
    expect([status, Object.keys(json)]).toEqual([200, ['count', 'next', 'previous', 'results']])
    expect(json).toMatchObject({ count: 120, previous: null, next: `${server.url}/api/assets/?page=2` })
    expect(json.results).toHaveLength(25)
    for (const asset of json.results) expect(Object.keys(asset).join(' ')).toBe(FIELDS)
    expect(Object.keys(json.results[0].tags[0])).toEqual(['id', 'name', 'slug', 'color'])
  })

  it('creates, reads, replaces, changes and deletes', async () => {
    const made = await ask('POST', '/api/assets/', {
      ...{ name: 'edge', asset_type: 'router', ip_address: '2001:db8::7', tag_ids: [1], custom_fields: { rack: 4 } },
      ...{ id: 999, organization: 2, created_by: 3 },
    })
    expect(made.status).toBe(201)
    const { json: asset } = made
    expect(asset).toMatchObject({ name: 'edge', organization: 1, created_by: 1, created_by_name: 'James Bratton' })
    expect(asset.tags).toEqual([{ id: 1, name: 'Critical', slug: 'critical', color: '#dc2626' }])
    const path = `/api/assets/${asset.id}/`
    expect((await get(path)).json).toEqual(asset)
    const patched = await ask('PATCH', path, { ip_address: null, location: 'Rack 9' })
    expect(patched).toMatchObject({ status: 200, json: { name: 'edge', ip_address: null, location: 'Rack 9' } })
    const put = await ask('PUT', path, { name: 'core' })
    expect(put).toMatchObject({ status: 200, json: { name: 'core' } })
    expect(await ask('DELETE', path)).toMatchObject({ status: 204, text: '' })
    expect(await get(path)).toMatchObject({ status: 404, text: '{"detail":"Not found."}' })
  })

  it('PUT requires what is required, PATCH requires nothing', async () => {
    const { id } = await create({ name: 'whole' })
    expect(await ask('PUT', `/api/assets/${id}/`, { model: 'x' })).toMatchObject({
      status: 400,
      text: '{"name":["This field is required."]}',
    })
    expect(await ask('PATCH', `/api/assets/${id}/`, {})).toMatchObject({ status: 200, json: { name: 'whole' } })
  })

  it.each(['serial_number', 'model', 'manufacturer', 'hostname', 'ip_address', 'mac_address', 'location', 'notes'])(
    'PATCH clears %s with null',
    async (field) => {
      const full = { serial_number: 's', model: 'm', manufacturer: 'f', hostname: 'h', location: 'l', notes: 'n' }
      const { id } = await create({ name: 'full', ip_address: '192.0.2.1', mac_address: '02:00:00:00:00:01', ...full })
      expect((await ask('PATCH', `/api/assets/${id}/`, { [field]: null })).json[field]).toBeNull()
      expect((await get(`/api/assets/${id}/`)).json).toMatchObject({ [field]: null, name: 'full' })
    },
  )

  it.each([
    [{}, '{"name":["This field is required."]}'],
    [{ name: null }, '{"name":["This field may not be null."]}'],
    [{ name: ['x'] }, '{"name":["Must be a string."]}'],
    [{ name: 'x', is_active: 'maybe' }, '{"is_active":["Must be true or false."]}'],
    [{ name: 'x', ip_address: '1.2.3' }, '{"ip_address":["must be an IPv4 or IPv6 address."]}'],
    [{ name: 'x', tag_ids: [2_000_000_000] }, '{"tag_ids":["names a tag that does not exist."]}'],
    [{ name: 'x', tag_ids: 5 }, '{"tag_ids":["Must be a list."]}'],
    [{ name: 'x', custom_fields: 'y' }, '{"custom_fields":["must be a JSON object."]}'],
  ])('POST refuses %j under the names of the fields', async (body, text) => {
    expect(await ask('POST', '/api/assets/', body)).toMatchObject({ status: 400, text })
  })

  it('names every mistake at once', async () => {
    const { json } = await ask('POST', '/api/assets/', { is_active: 'x', tag_ids: 1, notes: 5 })
    expect(Object.keys(json).sort()).toEqual(['is_active', 'name', 'notes', 'tag_ids'])
  })

  it('says what is wrong with a body that is no JSON object', async () => {
    const broken = await ask('POST', '/api/assets/', '{"name":')
    expect([broken.status, broken.json.detail]).toEqual([400, expect.stringMatching(/^JSON parse error - /)])
    expect((await ask('POST', '/api/assets/', '[1]')).status).toBe(400)
  })
})

describe('pages', () => {
  it('follow one another through next and back through previous', async () => {
    const ids: number[] = []
    let next: string | null = '/api/assets/?page_size=50&ordering=id'
    let last = ''
    while (next) {
      last = next.replace(server.url, '')
      const { json } = await get(last)
      ids.push(...json.results.map(({ id }: { id: number }) => id))
      next = json.next
    }
    const { json: end } = await get(last)
    expect(ids).toHaveLength(end.count)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    const { json: before } = await get(end.previous.replace(server.url, ''))
    expect(before.results).toHaveLength(50)
    const { json: first } = await get(before.previous.replace(server.url, ''))
    expect(first.previous).toBeNull()
  })

  it.each(['0', '-1', '99', '40001', '40002', '999999999', 'two', '1e1', '99999999999'])(
    'page=%s is an invalid page',
    async (page) => {
      expect(await get(`/api/assets/?page=${page}`)).toMatchObject({ status: 404, text: '{"detail":"Invalid page."}' })
    },
  )

  it('above 200 is clamped to 200', async () => {
    const { json } = await get('/api/assets/?page_size=5000')
    expect(json.results).toHaveLength(Math.min(200, json.count))
    expect((await get('/api/assets/?page_size=5000&page=2')).status).toBe(json.count > 200 ? 200 : 404)
  })

  it('page beyond the end of an empty list is invalid, its first is empty', async () => {
    expect((await get('/api/assets/?search=nothinglikethis')).json).toEqual({
      ...{ count: 0, next: null, previous: null, results: [] },
    })
    expect((await get('/api/assets/?search=nothinglikethis&page=2')).status).toBe(404)
  })
})

describe('search, ordering and filters', () => {
  type Asset = Record<string, string | number | boolean | null>
  const results = async (query: string): Promise<Asset[]> =>
    (await get(`/api/assets/?page_size=200&${query}`)).json.results

  const sample = async (field: string) =>
    String((await results('ordering=id')).map((asset) => asset[field]).find((value) => value !== null))

  it.each(['name', 'serial_number', 'model', 'manufacturer', 'hostname', 'ip_address', 'mac_address', 'notes'])(
    'search looks through %s, in any case',
    async (field) => {
      const words = (await sample(field)).split(' ').slice(0, 8).join(' ')
      const found = await results(`search=${encodeURIComponent(words.toUpperCase())}`)
      expect(found.map((asset) => String(asset[field]))).toContainEqual(expect.stringContaining(words))
      expect(
        await results(`search=${encodeURIComponent(`${words} nothinglikethis`.split(' ').slice(-8).join(' '))}`),
      ).toEqual([])
    },
  )

  it.each(ORDERABLE.split(' '))('orders by %s, both ways, rows without a value last', async (field) => {
    const isTime = field.endsWith('_at')
    const values = async (order: string) =>
      (await results(`ordering=${order}`)).map((asset) => (isTime ? Date.parse(String(asset[field])) : asset[field]))
    const [up, down] = [await values(field), await values(`-${field}`)]
    const given = (list: unknown[]) => list.filter((value) => value !== null)
    if (isTime || ['id', 'created_by', 'is_active', 'organization'].includes(field)) {
      expect(given(up)).toEqual(given(up).toSorted((a, b) => Number(a) - Number(b)))
      expect(given(down)).toEqual(given(down).toSorted((a, b) => Number(b) - Number(a)))
    }
    expect(up.slice(given(up).length).every((value) => value === null)).toBe(true)
    expect(down.slice(given(down).length).every((value) => value === null)).toBe(true)
    const runs = (list: unknown[]) => list.filter((value, i) => value !== list[i - 1])
    expect(runs(given(up))).toEqual(runs(given(down)).reverse())
  })

  it.each(['created_at', 'updated_at'])('orders by the instant of %s, which its text does not', async (field) => {
    const second = '2026-05-20T08:00:00'
    for (const part of ['.250Z', 'Z', '.001Z', '.999Z'])
      await server.app.query(
        `INSERT INTO asset (organization_id, name, location, ${field}) VALUES (1, 'same second', '${field}', $1)`,
        [second + part],
      )
    const parts = async (order: string) =>
      (await results(`location=${field}&ordering=${order}`)).map((asset) => String(asset[field]).slice(second.length))
    const told = ['Z', '.001Z', '.250Z', '.999Z']
    expect([await parts(field), await parts(`-${field}`)]).toEqual([told, told.toReversed()])
    expect(told).not.toEqual(told.toSorted())
    const upTo = await results(`location=${field}&${field}__lte=${second}.001Z&ordering=${field}`)
    expect(upTo.map((asset) => asset[field])).toEqual([`${second}Z`, `${second}.001Z`])
  })

  it('orders by several fields', async () => {
    const found = await results('ordering=manufacturer,-id')
    const pairs = found.map(({ manufacturer, id }) => [manufacturer, id] as const)
    for (const [i, [maker, id]] of pairs.entries()) {
      const before = pairs[i - 1]
      if (before && before[0] === maker) expect(Number(before[1])).toBeGreaterThan(Number(id))
    }
  })

  it.each(['zzz', '-zzz', 'name,zzz', '__proto__', 'name__icontains', ','])(
    'refuses ordering=%s and names the valid fields',
    async (order) => {
      const { status, json } = await get(`/api/assets/?ordering=${encodeURIComponent(order)}`)
      expect(status).toBe(400)
      expect(Object.keys(json)).toEqual(['ordering'])
      expect(json.ordering[0]).toMatch(new RegExp(`the valid fields are ${ORDERABLE.replaceAll(' ', ', ')}\\.$`))
    },
  )

  it.each(['asset_type', 'manufacturer', 'location'])('filters by %s', async (field) => {
    const value = await sample(field)
    const found = await results(`${field}=${encodeURIComponent(value)}`)
    expect(found.length).toBeGreaterThan(0)
    expect(found.length).toBeLessThan((await results('')).length)
    for (const asset of found) expect(asset[field]).toBe(value)
  })

  it.each(['true', 'True', '1', 'false', 'False', '0'])('filters by is_active=%s', async (written) => {
    const found = await results(`is_active=${written}`)
    expect(found.length).toBeGreaterThan(0)
    for (const asset of found) expect(asset.is_active).toBe(/true|1/i.test(written))
  })

  it('filters by tag', async () => {
    const found = (await results('tag=critical')) as unknown as { tags: { slug: string }[] }[]
    expect(found.length).toBeGreaterThan(0)
    for (const { tags } of found) expect(tags.map(({ slug }) => slug)).toContain('critical')
  })

  it.each(['created', 'updated'])('filters by when it was %s', async (when) => {
    const at = (asset: Asset) => Date.parse(String(asset[`${when}_at`]))
    const middle = '2026-05-01T00:00:00Z'
    const [older, newer] = [await results(`${when}_before=${middle}`), await results(`${when}_after=${middle}`)]
    for (const asset of older) expect(at(asset)).toBeLessThanOrEqual(Date.parse(middle))
    for (const asset of newer) expect(at(asset)).toBeGreaterThanOrEqual(Date.parse(middle))
    expect(older.length + newer.length).toBe((await results('')).length)
  })

  it('refuses an unknown filter and names the valid ones', async () => {
    const { status, json } = await get('/api/assets/?colour=red')
    expect([status, Object.keys(json)]).toEqual([400, ['colour']])
    expect(json.colour[0]).toMatch(/^Unknown parameter; the valid ones are asset_type, is_active, /)
  })
})
