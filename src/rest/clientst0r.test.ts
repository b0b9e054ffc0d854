import { describe, expect, test } from 'vitest'
import { assets } from './fixture/assets.ts'
import { asker, openRest } from './fixture/rest.ts'

const rest = openRest()
const ask = asker(rest)

const FIRST = {
  id: 1,
  name: 'switch 1',
  asset_type: 'network',
  ip_address: null,
  severity: 'high',
  custom_fields: { rack: 0 },
  is_active: true,
  tags: [{ id: 9, name: 'core' }],
  created_at: '2026-01-01T00:00:00.000Z',
}

type Listed = { count: number; next: string | null; previous: string | null; results: { id: number }[] }
const list = async (query: string) => (await ask('GET', `/api/assets/${query}`)).json as Listed

describe('a list', () => {
  test('searches, sorts and pages together, with absolute links', async () => {
    const { count, next, previous, results } = await list('?search=switch&ordering=-created_at&page=2&page_size=50')
    expect([count, results.length, results[0]?.id]).toEqual([120, 50, 70])
    expect(next).toBe('https://ops.example.org/api/assets/?search=switch&ordering=-created_at&page=3&page_size=50')
    expect(previous).toBe('https://ops.example.org/api/assets/?search=switch&ordering=-created_at&page_size=50')
  })

  test('answers 25 from the first page unless told otherwise', async () => {
    const { results, next, previous } = await list('')
    expect([results.length, next, previous]).toEqual([25, 'https://ops.example.org/api/assets/?page=2', null])
  })

  test('ends with next null', async () => {
    expect((await list('?page=5')).next).toBeNull()
    expect((await list('?page=3')).previous).toContain('page=2')
  })

  test.each([
    ['5000', 120],
    ['200', 120],
    ['7', 7],
    ['abc', 25],
    ['0', 25],
    ['-3', 25],
  ])('takes page_size=%s for %i rows', async (size, rows) =>
    expect((await list(`?page_size=${size}`)).results).toHaveLength(rows),
  )

  test.each(['99', 'x', '0', '-1', '99999999999999', '1e3'])('answers "Invalid page." to page=%s', async (page) => {
    const { status, json } = await ask('GET', `/api/assets/?page=${page}`)
    expect([status, json]).toEqual([404, { detail: 'Invalid page.' }])
  })

  test('filters by enum value, boolean and several values', async () => {
    expect((await list('?severity=critical')).count).toBe(60)
    expect((await list('?severity=CRITICAL')).count).toBe(60)
    expect((await list('?is_active=false')).count).toBe(0)
    expect((await list('?name_in=switch 1,switch 2')).count).toBe(2)
  })

  test('is empty where nothing matches, even behind a raw question mark', async () => {
    expect(await list('?search=what?is')).toEqual({ count: 0, next: null, previous: null, results: [] })
  })

  test('takes the last of repeated parameters, and an empty one as absent', async () => {
    expect((await list('?page=9&page=2&search=')).previous).not.toBeNull()
  })

  test.each([
    ['severity=low', 'severity', 'Must be one of critical, high.'],
    ['is_active=maybe', 'is_active', 'Must be true or false.'],
    ['ordering=-price', 'ordering', 'Cannot sort by "-price"; the valid fields are created_at, name.'],
  ])('refuses ?%s under its name', async (query, field, sentence) => {
    const { status, json } = await ask('GET', `/api/assets/?${query}`)
    expect([status, json]).toEqual([400, { [field]: [sentence] }])
  })

  test('refuses an unknown parameter and names the valid ones', async () => {
    const { status, json } = await ask('GET', '/api/assets/?sevrity=high&__proto__=1')
    const sentence =
      'Unknown parameter; the valid ones are severity, name_in, is_active, search, ordering, page_size, page, organization.'
    expect([status, json]).toEqual([400, JSON.parse(`{"sevrity":["${sentence}"],"__proto__":["${sentence}"]}`)])
  })
})

describe('one row', () => {
  test.each(['/api/assets/1/', '/api/assets/1', '/api/v1/assets/1/', '/api/v1/assets/1'])(
    'answers at %s without a redirect',
    async (path) => {
      const { status, json } = await ask('GET', path)
      expect([status, json]).toEqual([200, FIRST])
    },
  )

  test.each(['999', 'abc', '%00', '__proto__', 'x'.repeat(2000), '%E0%A4%A'])('is not found as %s', async (id) => {
    const { status, json } = await ask('GET', `/api/assets/${id}/`)
    expect([status, (json as { detail: string }).detail]).toEqual(id === '%00' ? [400, undefined] : [404, 'Not found.'])
  })

  test('keeps what a directive leaves out from being resolved at all', async () => {
    const seen: string[] = []
    await ask('GET', '/api/assets/1/', { seen })
    expect(seen).toEqual([])
    const revealed = await ask('GET', '/api/assets/1/?reveal=true', { seen })
    expect([revealed.json, seen]).toEqual([{ ...FIRST, secret: 's3cret-1' }, ['revealed 1']])
    expect(revealed.headers).toMatchObject({ 'cache-control': 'no-store' })
    expect(revealed.headers.etag).toBeUndefined()
  })

  test('may answer a refusal under a key of its own', async () => {
    expect((await ask('GET', '/api/assets/2/otp/')).json).toEqual({ error: 'Not an OTP entry' })
    expect((await ask('GET', '/api/assets/1/otp/')).json).toBe('123456')
  })
})

describe('a change', () => {
  test('creates with 201 and keeps JSON as it is', async () => {
    const { status, json } = await ask('POST', '/api/assets/', {
      body: { name: 'n', asset_type: 'ups', custom_fields: { Rack_no: [1] }, severity: 'critical' },
    })
    expect([status, json]).toEqual([
      201,
      expect.objectContaining({ name: 'n', asset_type: 'ups', custom_fields: { Rack_no: [1] }, severity: 'critical' }),
    ])
    assets.pop()
  })

  test('names every mistake of a body at once', async () => {
    const { status, json } = await ask('POST', '/api/assets/', { body: { asset_type: 5, severity: 'low', name: null } })
    expect(status).toBe(400)
    expect(json).toEqual({
      name: ['This field may not be null.'],
      asset_type: ['Must be a string.'],
      severity: ['Must be one of critical, high.'],
    })
  })

  test('renames the fields of a mistake that only the graph could see', async () => {
    const { json } = await ask('POST', '/api/assets/', { body: { name: 'a', ip_address: 'nowhere' } })
    expect(json).toEqual({ ip_address: ['Must be an address.'] })
  })

  test('ignores unknown and read-only keys, as Django does', async () => {
    const { status } = await ask('PATCH', '/api/assets/3/', {
      body: { id: 9, created_at: 'x', organization: 2, nonsense: true },
    })
    expect(status).toBe(200)
    expect(assets[2]).not.toHaveProperty('organization')
    expect(assets[2]?.id).toBe('3')
  })

  test('PATCH changes what is given and clears with null', async () => {
    const set = await ask('PATCH', '/api/assets/4/', { body: { ip_address: '10.0.0.4' } })
    expect(set.json).toMatchObject({ ip_address: '10.0.0.4', asset_type: 'network' })
    expect((await ask('PATCH', '/api/assets/4/', { body: { ip_address: null } })).json).toMatchObject({
      ip_address: null,
    })
  })

  test('PUT needs the required fields', async () => {
    const { status, json } = await ask('PUT', '/api/assets/4/', { body: { asset_type: 'x' } })
    expect([status, json]).toEqual([400, { name: ['This field is required.'] }])
    expect((await ask('PUT', '/api/assets/4/', { body: { name: 'N' } })).json).toMatchObject({ name: 'N' })
  })

  test('DELETE answers 204 without a body, and then 404', async () => {
    assets.push({ ...(assets[0] as (typeof assets)[0]), id: '500' })
    const gone = await ask('DELETE', '/api/assets/500/')
    expect([gone.status, gone.body, gone.headers['content-type']]).toEqual([204, undefined, undefined])
    const again = await ask('DELETE', '/api/assets/500/')
    expect([again.status, again.json]).toEqual([404, { detail: 'Not found.' }])
  })

  test('answers a conflict with the sentence of the graph', async () => {
    const { status, json } = await ask('POST', '/api/assets/', { body: { name: 'taken' } })
    expect([status, json]).toEqual([409, { detail: 'There is an asset of this name.' }])
  })
})

test("a method that the path does not answer is named in Django's words", async () => {
  const { status, json, headers } = await ask('DELETE', '/api/assets/')
  expect([status, json, headers.allow]).toEqual([
    405,
    { detail: 'Method "DELETE" not allowed.' },
    'GET, POST, HEAD, OPTIONS',
  ])
})

test('/api/ maps resource names to their addresses', async () => {
  for (const path of ['/api/', '/api'])
    expect((await ask('GET', path)).json).toEqual({ assets: 'https://ops.example.org/api/assets/' })
  expect((await ask('POST', '/api/')).status).toBe(405)
})
