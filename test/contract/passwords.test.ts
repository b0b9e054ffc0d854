import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
let reader = ''
beforeAll(async () => {
  key = (await minted(server, { family: 'clientst0r' })).token
  reader = (await minted(server, { family: 'clientst0r', role: 'editor' })).token
})

const ask = (method: string, path: string, body?: unknown, as: string | undefined = key) =>
  server.request(path, { method, key: as, body })
const get = (path: string, as = key) => ask('GET', path, undefined, as)
const create = async (body: object) => (await ask('POST', '/api/passwords/', { title: 'x', ...body })).json
const revealed = async (id: number) => (await get(`/api/passwords/${id}/?reveal=true`)).json.password
type Entry = Record<string, string | number | boolean | null>
const results = async (query: string): Promise<Entry[]> =>
  (await get(`/api/passwords/?page_size=200&${query}`)).json.results

const FIELDS =
  'id title password_type password_type_display username password url notes otp_issuer has_otp expires_at is_expired last_breach_check tags created_at updated_at'
const ORDERABLE =
  'created_at expires_at has_otp id last_breach_check notes otp_issuer password_type title updated_at url username'
const MASK = '**********'
const OTP_SECRET = 'otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP&issuer=Acme'

describe('/api/passwords/', () => {
  it('lists with exactly the documented keys, every password masked', async () => {
    const { status, json, headers } = await get('/api/passwords/')
    expect([status, Object.keys(json)]).toEqual([200, ['count', 'next', 'previous', 'results']])
    expect(json).toMatchObject({ count: 14, next: null, previous: null })
    for (const entry of json.results) {
      expect(Object.keys(entry).join(' ')).toBe(FIELDS)
      expect(entry.password).toBe(MASK)
    }
    expect(headers.get('etag')).not.toBeNull()
    const tagged = json.results.find(({ tags }: { tags: unknown[] }) => tags.length)
    expect(Object.keys(tagged.tags[0])).toEqual(['id', 'name', 'slug', 'color'])
  })

  it('says of each entry in a list what it says of it alone', async () => {
    const { json } = await get('/api/passwords/?page_size=200')
    for (const entry of json.results) expect((await get(`/api/passwords/${entry.id}/`)).json).toEqual(entry)
  })

  it('creates, reads, replaces, changes and deletes', async () => {
    const made = await ask('POST', '/api/passwords/', {
      ...{ title: 'Core switch', password_type: 'network_device', username: 'admin', password: 'hunter2' },
      ...{ url: 'https://core.example.com', notes: 'n', otp_secret: OTP_SECRET, expires_at: '2026-05-01T00:00:00Z' },
      ...{ tag_ids: [1], id: 999, organization: 2, is_expired: false, has_otp: false, last_breach_check: null },
    })
    expect(made.status).toBe(201)
    const { json: entry } = made
    expect(Object.keys(entry).join(' ')).toBe(FIELDS)
    expect(entry).toMatchObject({
      ...{ title: 'Core switch', password_type: 'network_device', password_type_display: 'Network Device' },
      ...{ username: 'admin', password: MASK, otp_issuer: 'Acme', has_otp: true, is_expired: true },
      ...{ expires_at: '2026-05-01T00:00:00Z', last_breach_check: null, tags: [{ id: 1, slug: 'critical' }] },
    })
    const path = `/api/passwords/${entry.id}/`
    expect((await get(path)).json).toEqual(entry)
    expect((await ask('PATCH', path, { url: null, title: 'Core' })).json).toMatchObject({ title: 'Core', url: null })
    const put = await ask('PUT', path, { ...entry, title: 'Edge' })
    expect(put).toMatchObject({ status: 200, json: { title: 'Edge', password: MASK } })
    expect(await revealed(entry.id), 'the mask that came back is no password').toBe('hunter2')
    expect(await ask('DELETE', path)).toMatchObject({ status: 204, text: '' })
    expect(await get(path)).toMatchObject({ status: 404, text: '{"detail":"Not found."}' })
  })

  it('PUT requires what is required, PATCH requires nothing', async () => {
    const { id } = await create({ title: 'whole' })
    expect(await ask('PUT', `/api/passwords/${id}/`, { url: null })).toMatchObject({
      status: 400,
      text: '{"title":["This field is required."]}',
    })
    expect(await ask('PATCH', `/api/passwords/${id}/`, {})).toMatchObject({ status: 200, json: { title: 'whole' } })
  })

  it.each(['username', 'password', 'url', 'notes', 'otp_issuer', 'expires_at'])(
    'PATCH clears %s with null',
    async (field) => {
      const { id } = await create({
        ...{ username: 'u', password: 'p', url: 'https://example.com', notes: 'n', otp_issuer: 'i' },
        expires_at: '2027-01-01T00:00:00Z',
      })
      expect((await ask('PATCH', `/api/passwords/${id}/`, { [field]: null })).json[field]).toBeNull()
      expect((await get(`/api/passwords/${id}/`)).json).toMatchObject({ [field]: null, title: 'x' })
    },
  )

  it('PATCH clears otp_secret with null, and no answer ever has it', async () => {
    const made = await create({ otp_secret: OTP_SECRET })
    const cleared = (await ask('PATCH', `/api/passwords/${made.id}/`, { otp_secret: null })).json
    expect(cleared).toMatchObject({ has_otp: false, otp_issuer: null })
    expect(JSON.stringify([made, cleared])).not.toMatch(/otp_secret|JBSWY3DPEHPK3PXP/)
  })

  it.each([
    [{}, '{"title":["This field is required."]}'],
    [{ title: null }, '{"title":["This field may not be null."]}'],
    [
      { title: 'x', url: 'nowhere' },
      '{"url":["must be an address like https://example.com or ssh://host.example.com."]}',
    ],
    [{ title: 'x', tag_ids: [2_000_000_000] }, '{"tag_ids":["names a tag that does not exist."]}'],
    [{ title: 'x', password: '' }, '{"password":["must not be empty; null says that there is none."]}'],
    [
      { title: 'x', otp_secret: '1' },
      '{"otp_secret":["must be a secret of 8 to 512 characters in base32, or an otpauth:// address."]}',
    ],
  ])('POST refuses %j under the names of the fields', async (body, text) => {
    expect(await ask('POST', '/api/passwords/', body)).toMatchObject({ status: 400, text })
  })

  it('refuses an unknown type and names the valid ones', async () => {
    const { status, json } = await ask('POST', '/api/passwords/', { title: 'x', password_type: 'telepathy' })
    expect([status, json.password_type[0]]).toEqual([400, expect.stringContaining('windows_ad')])
  })
})

describe('?reveal=true', () => {
  it('shows the password, is not to be stored and has no tag', async () => {
    const { id } = await create({ password: 'hunter2' })
    for (const path of [`/api/passwords/${id}/?reveal=true`, `/api/v1/passwords/${id}?reveal=True`]) {
      const { status, json, headers } = await get(path)
      expect([status, Object.keys(json).join(' '), json.password]).toEqual([200, FIELDS, 'hunter2'])
      expect([headers.get('cache-control'), headers.get('etag')]).toEqual(['no-store', null])
    }
    const masked = await get(`/api/passwords/${id}/?reveal=false`)
    expect([masked.json.password, masked.headers.get('cache-control')]).toEqual([MASK, null])
    expect(masked.headers.get('etag')).not.toBeNull()
  })

  it('is audited with who asked, from where', async () => {
    const { id } = await create({ password: 'hunter2' })
    await get(`/api/passwords/${id}/?reveal=true`)
    const [row] = await server.app.query(
      'SELECT action, target_type, target_id, actor_name, changes::text FROM audit_event ORDER BY id DESC LIMIT 1',
      [],
    )
    expect(row).toMatchObject({
      action: 'password_entry.revealed',
      target_type: 'password_entry',
      target_id: String(id),
    })
    expect(JSON.stringify(row)).not.toContain('hunter2')
  })

  it('is refused to a role without vault:reveal, which reads the mask', async () => {
    const { id } = await create({ password: 'hunter2' })
    expect((await get(`/api/passwords/${id}/`, reader)).json.password).toBe(MASK)
    for (const path of [`/api/passwords/${id}/?reveal=true`, `/api/passwords/${id}/otp/`]) {
      const { status, text } = await get(path, reader)
      expect([status, text]).toEqual([403, '{"detail":"You do not have permission to perform this action."}'])
    }
  })

  it('says that somebody has to approve it where that is so', async () => {
    const { id } = await create({ password: 'hunter2', requires_approval: true })
    const { status, json } = await get(`/api/passwords/${id}/?reveal=true`)
    expect([status, json.detail]).toEqual([403, 'Somebody else has to approve this first; ask with requestReveal.'])
  })

  it('reveals nothing in a list', async () => {
    const { status, text } = await get('/api/passwords/?reveal=true')
    expect([status, text]).toEqual([400, expect.stringContaining('Unknown parameter')])
  })

  it('is not kept by GraphQL clients either', async () => {
    const { id } = await create({ password: 'hunter2' })
    const { headers, json } = await server.graphql(`{ passwordEntry(id: ${id}, reveal: true) { password } }`)
    expect([json.data.passwordEntry.password, headers.get('cache-control')]).toEqual(['hunter2', 'no-store'])
    const stream = await server.request('/graphql', {
      ...{ method: 'POST', key, headers: { accept: 'text/event-stream' } },
      body: { query: `{ passwordEntry(id: ${id}, reveal: true) { password } }` },
    })
    expect([stream.text.includes('hunter2'), stream.headers.get('cache-control')]).toEqual([true, 'no-store'])
  })
})

describe('/api/passwords/{id}/otp/', () => {
  it('answers the code of this moment', async () => {
    const { id } = await create({ otp_secret: OTP_SECRET })
    const { status, json, headers } = await get(`/api/passwords/${id}/otp/`)
    expect([status, headers.get('cache-control'), headers.get('etag')]).toEqual([200, 'no-store', null])
    expect(json).toEqual({ otp: { code: expect.stringMatching(/^\d{6}$/), time_remaining: 30, issuer: 'Acme' } })
    expect((await get(`/api/v1/passwords/${id}/otp`)).json).toEqual(json)
  })

  it('says that an entry makes none', async () => {
    const { id } = await create({})
    expect(await get(`/api/passwords/${id}/otp/`)).toMatchObject({ status: 400, text: '{"error":"Not an OTP entry"}' })
    expect(await get('/api/passwords/2000000000/otp/')).toMatchObject({ status: 404, text: '{"detail":"Not found."}' })
    expect((await ask('POST', `/api/passwords/${id}/otp/`, {})).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  })

  it('is described with both forms of a 400, each of which it has', async () => {
    const { json } = await server.request('/openapi/clientst0r.json')
    const { schema, example } = json.paths['/api/passwords/{id}/otp/'].get.responses[400].content['application/json']
    const [own, usual] = schema.oneOf
    const { id } = await create({})
    const refused = await get(`/api/passwords/${id}/otp/`)
    expect([refused.json, own.properties.error.enum]).toEqual([example, [refused.json.error]])
    expect(usual.$ref).toMatch(/Error400$/)
    const { status, json: fields } = await get(`/api/passwords/${id}/otp/?x=1`)
    expect([status, fields]).toEqual([400, { x: [expect.stringMatching(/^Unknown parameter/)] }])
  })
})

describe('search, ordering and filters', () => {
  it.each([
    ['HYPER', 'Hypervisor'],
    ['relay@example', 'Mail relay'],
    ['registrar.example.com', 'Registrar'],
  ])('search=%s looks through title, user name and address', async (search, title) => {
    expect((await results(`search=${encodeURIComponent(search)}`)).map((entry) => entry.title)).toContain(title)
  })

  it('search and ordering know nothing of secrets', async () => {
    expect(await results('search=demo-1')).toEqual([])
    for (const field of ['password', 'otp_secret', '-password']) {
      const { status, json } = await get(`/api/passwords/?ordering=${field}`)
      expect([status, json.ordering[0]]).toEqual([400, expect.stringContaining(ORDERABLE.replaceAll(' ', ', '))])
    }
  })

  it.each(ORDERABLE.split(' '))('orders by %s, both ways, rows without a value last', async (field) => {
    const values = async (order: string) => (await results(`ordering=${order}`)).map((entry) => entry[field])
    const [up, down] = [await values(field), await values(`-${field}`)]
    const given = (list: unknown[]) => list.filter((value) => value !== null)
    const runs = (list: unknown[]) => list.filter((value, i) => value !== list[i - 1])
    expect(runs(given(up))).toEqual(runs(given(down)).reverse())
    for (const list of [up, down]) expect(list.slice(given(list).length).every((value) => value === null)).toBe(true)
  })

  it.each(['website', 'wifi', 'network_device'])('filters by password_type=%s', async (type) => {
    const found = await results(`password_type=${type}`)
    expect(found.length).toBeGreaterThan(0)
    for (const entry of found) expect(entry.password_type).toBe(type)
  })

  it.each(['is_expired', 'has_otp'])('filters by %s', async (field) => {
    const [yes, no] = [await results(`${field}=true`), await results(`${field}=False`)]
    for (const entry of yes) expect(entry[field]).toBe(true)
    for (const entry of no) expect(entry[field]).toBe(false)
    expect(yes.length).toBeGreaterThan(0)
    expect(yes.length + no.length).toBe((await results('')).length)
  })

  it('filters by tag', async () => {
    const found = (await results('tag=critical')) as unknown as { tags: { slug: string }[] }[]
    expect(found.length).toBeGreaterThan(0)
    for (const { tags } of found) expect(tags.map(({ slug }) => slug)).toContain('critical')
  })

  it.each(['created', 'updated'])('filters by when it was %s', async (when) => {
    const middle = Date.parse((await results(`ordering=${when}_at`))[5]![`${when}_at`] as string)
    const at = (entry: Record<string, unknown>) => Date.parse(String(entry[`${when}_at`]))
    const written = new Date(middle).toISOString()
    const older = await results(`${when}_before=${written}`)
    const newer = await results(`${when}_at__gte=${written}`)
    expect([older.length, newer.length]).not.toContain(0)
    for (const entry of older) expect(at(entry)).toBeLessThanOrEqual(middle)
    for (const entry of newer) expect(at(entry)).toBeGreaterThanOrEqual(middle)
    expect(older.length + newer.length).toBeGreaterThan((await results('')).length)
  })

  it.each(['password=x', 'otp_secret=x', 'notes=x'])('refuses the filter %s', async (filter) => {
    const { status, json } = await get(`/api/passwords/?${filter}`)
    expect([status, Object.values(json)[0]]).toEqual([400, [expect.stringContaining('Unknown parameter')]])
  })

  it('an expiry that comes is told without any change of the row', async () => {
    const { json } = await server.graphql('{ passwordEntries(first: 200) { nodes { expiresAt isExpired } } }')
    for (const { expiresAt, isExpired } of json.data.passwordEntries.nodes)
      expect(isExpired).toBe(expiresAt !== null && expiresAt <= '2026-05-23T11:42:00Z')
  })
})

describe('addresses and methods', () => {
  it.each(['/api/passwords', '/api/v1/passwords/', '/api/v1/passwords'])('%s is the same list', async (path) => {
    const { json } = await get('/api/passwords/')
    expect((await get(path)).json.results).toEqual(json.results)
  })

  it.each([
    ['DELETE', '/api/passwords/', 'GET, POST, HEAD, OPTIONS'],
    ['POST', '/api/passwords/1/', 'GET, PATCH, PUT, DELETE, HEAD, OPTIONS'],
  ])('405 for %s %s', async (method, path, allow) => {
    const { status, text, headers } = await ask(method, path, method === 'DELETE' ? undefined : {})
    expect([status, text]).toEqual([405, JSON.stringify({ detail: `Method "${method}" not allowed.` })])
    expect(headers.get('allow')?.split(', ').sort()).toEqual(allow.split(', ').sort())
  })

  it('is named in the index', async () => {
    expect((await get('/api/')).json.passwords).toBe(`${server.url}/api/passwords/`)
  })

  it('a change may be conditional on what was read', async () => {
    const { id } = await create({ password: 'hunter2' })
    const path = `/api/passwords/${id}/`
    const etag = (await get(path)).headers.get('etag')!
    const patch = (body: object) => server.request(path, { method: 'PATCH', key, body, headers: { 'if-match': etag } })
    expect((await patch({ title: 'y' })).status).toBe(200)
    expect((await patch({ title: 'z' })).status).toBe(412)
  })
})
