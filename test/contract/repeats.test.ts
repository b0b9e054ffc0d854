import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
})

let names = 0
const fresh = () => `contract-${++names}`
const post = (path: string, name: string, body: unknown, as = key) =>
  server.request(path, { method: 'POST', key: as, body, headers: { 'idempotency-key': name } })
const leads = async () => (await server.request('/api/v1/leads?limit=1', { key })).json.count

describe('Idempotency-Key', () => {
  it.each([
    ['/api/v1/leads', { name: 'once' }],
    ['/api/assets/', { name: 'once' }],
  ])('POST %s happens once and is answered twice, alike', async (path, body) => {
    const name = fresh()
    const [first, again] = [await post(path, name, body), await post(path, name, body)]
    expect(first.status).toBe(201)
    expect([again.status, again.text]).toEqual([201, first.text])
    expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([null, 'true'])
    const other = await post(path, fresh(), body)
    expect(other.json.id).not.toBe(first.json.id)
  })

  it('a GraphQL mutation happens once as well', async () => {
    const name = fresh()
    const body = { query: 'mutation { createLead(input: {name: "once"}) { id } }' }
    const before = await leads()
    const [first, again] = [await post('/graphql', name, body), await post('/graphql', name, body)]
    expect(first.json.data.createLead.id).toMatch(/^\d+$/)
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true'])
    expect(await leads()).toBe(before + 1)
  })

  it('other parameters under the same key are refused', async () => {
    const name = fresh()
    await post('/api/v1/leads', name, { name: 'one' })
    const before = await leads()
    const other = await post('/api/v1/leads', name, { name: 'two' })
    expect([other.status, other.text]).toEqual([422, '{"error":"unprocessable"}'])
    expect((await post('/api/assets/', name, { name: 'one' })).status).toBe(422)
    expect(await leads()).toBe(before)
  })

  it('keeps a refusal too, and not the words of another caller', async () => {
    const name = fresh()
    const refused = await post('/api/v1/leads', name, { score: 1 })
    expect(refused.status).toBe(400)
    expect((await post('/api/v1/leads', name, { score: 1 })).headers.get('idempotent-replayed')).toBe('true')
    const stranger = (await minted(server)).token
    const theirs = await post('/api/v1/leads', name, { name: 'mine' }, stranger)
    expect([theirs.status, theirs.headers.get('idempotent-replayed')]).toEqual([201, null])
  })

  it('a twin at the same time is refused, and answered when the first is done', async () => {
    const name = fresh()
    const form =
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n'
    const upload = () =>
      server.request('/api/v1/documents', {
        ...{ method: 'POST', key, body: form },
        headers: { 'content-type': 'multipart/form-data; boundary=x', 'idempotency-key': name },
      })
    const held = new pg.Client(server.app.databaseUrl)
    await held.connect()
    await held.query('BEGIN; LOCK TABLE document IN EXCLUSIVE MODE')
    try {
      const first = upload()
      await expect
        .poll(
          async () =>
            (
              await held.query(
                'SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())',
              )
            ).rowCount,
        )
        .toBeGreaterThan(0)
      const twin = await upload()
      expect([twin.status, twin.json.code, twin.headers.get('retry-after')]).toEqual([409, 'conflict', '1'])
      await held.query('COMMIT')
      const { status, text } = await first
      expect(status).toBe(201)
      expect((await upload()).text).toBe(text)
    } finally {
      await held.end()
    }
  })

  it.each([
    ['of 255 characters is taken', 'k'.repeat(255), 201],
    ['of 256 characters is refused', 'k'.repeat(256), 400],
  ])('%s', async (_what, name, status) => {
    const answer = await post('/api/v1/leads', name, { name: 'x' })
    expect(answer.status).toBe(status)
    if (status === 400) expect(Object.keys(answer.json.fields)).toHaveLength(1)
    expect((await post('/graphql', name, { query: 'mutation { createLead(input: {name: "x"}) { id } }' })).status).toBe(
      status === 400 ? 400 : 422,
    )
  })
})

const get = (path: string, headers: Record<string, string> = {}) => server.request(path, { key, headers })
const PATHS = [
  '/api/v1/hr',
  '/api/v1/leads',
  '/api/v1/leads/2',
  '/api/assets/2/',
  '/api/v1/organizations',
  '/api/',
  '/api/v1/documents/1/content',
]

describe('ETag', () => {
  it.each(PATHS)('GET %s is answered 304 when nothing changed', async (path) => {
    const { headers } = await get(path)
    const etag = headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, `"other",W/${etag}`, '*']) {
      const answer = await get(path, { 'if-none-match': known })
      expect([known, answer.status, answer.text, answer.headers.get('etag')]).toEqual([known, 304, '', etag])
    }
    expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('changes with what it stands for', async () => {
    const before = (await get('/api/v1/leads/3')).headers.get('etag')
    await server.request('/api/v1/leads/3', { method: 'PATCH', key, body: { score: 17 } })
    const after = await get('/api/v1/leads/3', { 'if-none-match': before ?? '' })
    expect(after.status).toBe(200)
    expect(after.headers.get('etag')).not.toBe(before)
  })
})

describe('If-Match', () => {
  const write = (method: string, path: string, match: string, body?: unknown) =>
    server.request(path, { method, key, body, headers: { 'if-match': match } })

  it.each([
    ['PATCH', '/api/v1/leads/5', { name: 'changed' }],
    ['PATCH', '/api/assets/5/', { name: 'changed' }],
    ['PUT', '/api/assets/6/', { name: 'changed' }],
    ['DELETE', '/api/assets/7/', undefined],
  ])('%s %s changes what was read, once', async (method, path, body) => {
    const read = await get(path)
    const etag = read.headers.get('etag') ?? ''
    expect((await write(method, path, '"stale"', body)).status).toBe(412)
    expect((await write(method, path, `W/${etag}`, body)).status).toBe(412)
    expect((await get(path)).text).toBe(read.text)
    expect((await write(method, path, etag, body)).status).toBeLessThan(300)
    expect((await write(method, path, etag, body)).status).toBe(method === 'DELETE' ? 404 : 412)
  })

  it.each([
    ['PATCH', '/api/v1/leads/10'],
    ['PATCH', '/api/assets/10/'],
    ['PUT', '/api/assets/11/'],
  ])('%s %s by many who read the same succeeds for one of them', async (method, path) => {
    const etag = (await get(path)).headers.get('etag') ?? ''
    const all = await Promise.all(
      Array.from({ length: 12 }, (_, i) => write(method, path, etag, { name: `writer ${i}` })),
    )
    const winners = all.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    expect(all.filter(({ status }) => status === 412)).toHaveLength(11)
    expect((await get(path)).json.name).toBe(winners[0]!.json.name)
  })

  it('* means that it exists', async () => {
    expect((await write('PATCH', '/api/v1/leads/8', '*', { score: 1 })).status).toBe(200)
    expect((await write('PATCH', '/api/v1/leads/2000000000', '*', { score: 1 })).status).toBe(404)
  })

  it('words its refusal as the owner of the path does', async () => {
    const lead = await write('PATCH', '/api/v1/leads/9', '"stale"', { score: 1 })
    expect([lead.status, lead.text]).toEqual([412, '{"error":"precondition_failed"}'])
    const asset = await write('PATCH', '/api/assets/9/', '"stale"', { name: 'x' })
    expect([asset.status, Object.keys(asset.json)]).toEqual([412, ['detail']])
  })
})
