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
const create = async (body: object) => (await ask('POST', '/api/vehicles/', body)).json

type Vehicle = Record<string, string | number | null>
const results = async (query: string): Promise<Vehicle[]> =>
  (await get(`/api/vehicles/?page_size=200&${query}`)).json.results

const FIELDS =
  'id name vehicle_type make model year color vin license_plate status condition current_mileage fuel_type currency insurance_provider insurance_policy_number insurance_premium insurance_expires_at registration_expires_at purchase_date purchase_price purchase_mileage purchase_vendor latitude longitude last_location_update assigned_to notes created_at updated_at'

const WHOLE = {
  ...{ name: 'Van 9', vehicle_type: 'van', make: 'Ford', model: 'Transit', year: 2022, color: 'White' },
  ...{ vin: '1FTYR2CM4KKA00009', license_plate: 'OPS 9', status: 'active', condition: 'good', current_mileage: 9 },
  ...{ fuel_type: 'diesel', currency: 'EUR', insurance_provider: 'Harbor', insurance_policy_number: 'HM-9' },
  ...{ insurance_premium: '900.00', insurance_expires_at: '2027-01-31', registration_expires_at: '2027-02-28' },
  ...{ purchase_date: '2022-03-01', purchase_price: '38500.00', purchase_mileage: 15, purchase_vendor: 'Metro' },
  ...{ latitude: 40.7128, longitude: -74.006, assigned_to: 1, notes: 'Ladder rack' },
}

describe('/api/vehicles/', () => {
  it('lists with exactly the documented keys', async () => {
    const { status, json } = await get('/api/vehicles/?page_size=10')
    expect([status, Object.keys(json)]).toEqual([200, ['count', 'next', 'previous', 'results']])
    expect(json).toMatchObject({ count: 14, previous: null })
    for (const vehicle of json.results) expect(Object.keys(vehicle).join(' ')).toBe(FIELDS)
    const { json: second } = await get(json.next.replace(server.url, ''))
    expect(second).toMatchObject({ next: null, results: { length: 4 } })
  })

  it('creates, reads, replaces and changes', async () => {
    const made = await ask('POST', '/api/vehicles/', {
      ...WHOLE,
      id: 999,
      last_location_update: '2020-01-01T00:00:00Z',
    })
    expect(made).toMatchObject({ status: 201, json: WHOLE })
    expect(made.json.last_location_update > '2026').toBe(true)
    const path = `/api/vehicles/${made.json.id}/`
    expect((await get(path)).json).toEqual(made.json)
    const patched = await ask('PATCH', path, { status: 'maintenance', vin: null })
    expect(patched).toMatchObject({ status: 200, json: { ...WHOLE, status: 'maintenance', vin: null } })
    expect(await ask('PUT', path, { name: 'Van 10' })).toMatchObject({ status: 200, json: { name: 'Van 10' } })
  })

  it('PUT requires what is required, PATCH requires nothing', async () => {
    const { id } = await create({ name: 'whole' })
    const text = '{"name":["This field is required."]}'
    expect(await ask('PUT', `/api/vehicles/${id}/`, { model: 'x' })).toMatchObject({ status: 400, text })
    expect(await ask('PATCH', `/api/vehicles/${id}/`, {})).toMatchObject({ status: 200, json: { name: 'whole' } })
  })

  it('PATCH clears with null whatever may be absent', async () => {
    const { id } = await create(WHOLE)
    const kept = ['name', 'vehicle_type', 'status', 'currency', 'latitude', 'longitude']
    for (const field of Object.keys(WHOLE).filter((each) => !kept.includes(each)))
      expect((await ask('PATCH', `/api/vehicles/${id}/`, { [field]: null })).json[field]).toBeNull()
    const nowhere = { latitude: null, longitude: null }
    expect((await ask('PATCH', `/api/vehicles/${id}/`, nowhere)).json).toMatchObject(nowhere)
    for (const field of ['name', 'vehicle_type', 'status', 'currency'])
      expect((await ask('PATCH', `/api/vehicles/${id}/`, { [field]: null })).status).toBe(400)
  })

  it.each([
    [{}, '{"name":["This field is required."]}'],
    [{ name: 'x', status: 'stolen' }, '{"status":["Must be one of active, inactive, maintenance, retired."]}'],
    [{ name: 'x', year: 'new' }, '{"year":["Must be a whole number between -2147483648 and 2147483647."]}'],
    [{ name: 'x', year: 1700 }, '{"year":["must be a year from 1886 to 2100."]}'],
    [{ name: 'x', vin: 'SHORT' }, '{"vin":["must be 17 letters and digits, without I, O and Q."]}'],
    [{ name: 'x', latitude: 91, longitude: 1 }, '{"latitude":["must be at most 90."]}'],
    [{ name: 'x', longitude: 1 }, '{"latitude":["is needed beside a longitude."]}'],
    [{ name: 'x', assigned_to: 2_000_000_000 }, '{"assigned_to":["No such row."]}'],
    [
      { name: 'x', insurance_expires_at: '31.1.2027' },
      '{"insurance_expires_at":["A date is an existing day, like \\"2026-05-23\\"."]}',
    ],
  ])('POST refuses %j under the names of the fields', async (body, text) => {
    expect(await ask('POST', '/api/vehicles/', body)).toMatchObject({ status: 400, text })
  })

  it.each([
    ['DELETE', '/api/vehicles/1/', 'GET, PATCH, PUT, HEAD, OPTIONS'],
    ['DELETE', '/api/v1/vehicles/1', 'GET, PATCH, PUT, HEAD, OPTIONS'],
    ['DELETE', '/api/vehicles/', 'GET, POST, HEAD, OPTIONS'],
    ['PUT', '/api/vehicles/', 'GET, POST, HEAD, OPTIONS'],
  ])('405 for %s %s', async (method, path, allow) => {
    const { status, text, headers } = await ask(method, path, method === 'DELETE' ? undefined : {})
    expect([status, text]).toEqual([405, JSON.stringify({ detail: `Method "${method}" not allowed.` })])
    expect(headers.get('allow')?.split(', ').sort()).toEqual(allow.split(', ').sort())
    expect((await get('/api/vehicles/1/')).status).toBe(200)
  })

  it.each(['/api/vehicles/1', '/api/v1/vehicles/1/', '/api/v1/vehicles/1'])('%s is /api/vehicles/1/', async (path) => {
    expect((await get(path)).text).toBe((await get('/api/vehicles/1/')).text)
  })

  it('needs vehicles:read, and vehicles:write to change anything', async () => {
    const { token: assets } = await minted(server, { family: 'clientst0r', scopes: ['assets:read'] })
    const { token: reader } = await minted(server, { family: 'clientst0r', role: 'readonly' })
    const { token: editor } = await minted(server, { family: 'clientst0r', role: 'editor' })
    expect((await get('/api/vehicles/', assets)).status).toBe(403)
    expect((await get('/api/vehicles/1/', reader)).status).toBe(200)
    expect((await ask('PATCH', '/api/vehicles/1/', { name: 'x' }, reader)).status).toBe(403)
    expect((await ask('POST', '/api/vehicles/', { name: 'x' }, editor)).status).toBe(201)
  })

  it('is in the list of resources', async () => {
    expect((await get('/api/')).json.vehicles).toBe(`${server.url}/api/vehicles/`)
  })
})

describe('search, ordering and filters of vehicles', () => {
  it.each(['name', 'make', 'model', 'vin', 'license_plate'])('search looks through %s', async (field) => {
    const [vehicle] = await results('ordering=id')
    const value = String(vehicle![field])
    const found = await results(`search=${encodeURIComponent(value.toLowerCase())}`)
    expect(found.map((each) => each[field])).toContain(value)
    expect(await results(`search=${encodeURIComponent(`${value} nothinglikethis`)}`)).toEqual([])
  })

  it.each(['status', 'condition', 'vehicle_type', 'fuel_type', 'assigned_to', 'make', 'year'])(
    'filters by %s',
    async (field) => {
      const value = (await results('ordering=id')).map((each) => each[field]).find((each) => each !== null)
      const found = await results(`${field}=${value}`)
      expect(found.length).toBeGreaterThan(0)
      expect(found.length).toBeLessThan((await results('')).length)
      for (const vehicle of found) expect(vehicle[field]).toBe(value)
    },
  )

  it('refuses a status that there is not', async () => {
    const { status, json } = await get('/api/vehicles/?status=stolen')
    expect([status, Object.keys(json)]).toEqual([400, ['status']])
  })

  it('finds what expires first', async () => {
    const found = await results('insurance_expires_before=2026-12-31&ordering=insurance_expires_at')
    const days = found.map((each) => String(each.insurance_expires_at))
    expect(days.length).toBeGreaterThan(0)
    expect(days).toEqual(days.toSorted())
    expect(days.every((day) => day <= '2026-12-31')).toBe(true)
  })

  it.each(FIELDS.split(' '))('orders by %s, both ways, vehicles without a value last', async (field) => {
    const values = async (order: string) => (await results(`ordering=${order}`)).map((each) => each[field])
    const [up, down] = [await values(field), await values(`-${field}`)]
    const given = (list: unknown[]) => list.filter((each) => each !== null)
    expect(up.slice(given(up).length).every((each) => each === null)).toBe(true)
    expect(down.slice(given(down).length).every((each) => each === null)).toBe(true)
    const runs = (list: unknown[]) => given(list).filter((each, i, all) => each !== all[i - 1])
    expect(runs(up)).toEqual(runs(down).reverse())
  })
})
