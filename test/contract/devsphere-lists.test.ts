import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
let all = ''
beforeAll(async () => {
  const scopes = ['leads:write', 'invoices:read', 'clients:read', 'opportunities:read']
  key = (await minted(server, { family: 'devsphere', scopes })).token
  all = (await minted(server)).token
})

const ask = (method: string, path: string, as = key) => server.request(`/api/v1${path}`, { method, key: as })
const get = (path: string, as = key) => ask('GET', path, as)

describe('lists', () => {
  it.each(['/leads', '/invoices', '/clients', '/opportunities'])('%s is paged by cursor to its end', async (path) => {
    const whole = (await get(`${path}?limit=200`)).json
    expect(Object.keys(whole)).toEqual(['data', 'count', 'next_cursor'])
    expect(whole).toMatchObject({ count: whole.data.length, next_cursor: null })
    const seen: unknown[] = []
    let cursor = ''
    do {
      const { json } = await get(`${path}?limit=7${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      expect(json.count).toBe(whole.count)
      expect(json.data.length).toBeGreaterThan(0)
      seen.push(...json.data)
      cursor = json.next_cursor
    } while (cursor !== null)
    expect(seen).toEqual(whole.data)
  })

  it('show 50 rows unless told otherwise', async () => {
    const { json } = await get('/leads')
    expect(json.data).toHaveLength(50)
    expect(json.count).toBeGreaterThanOrEqual(60)
  })

  it.each(['0', '201', '-1', '1.5', 'ten', '1e2', '99999999999'])('refuse limit=%s', async (limit) => {
    const { status, json } = await get(`/leads?limit=${limit}`)
    const fields = { limit: ['Must be a whole number from 1 to 200.'] }
    expect([status, json]).toEqual([400, { error: 'invalid_request', fields }])
  })

  it('refuse a cursor that is none, an unknown parameter and one given twice', async () => {
    const fields = async (query: string) => {
      const { status, json } = await get(`/leads?${query}`)
      expect(status).toBe(400)
      return Object.keys(json.fields)
    }
    expect(await fields('cursor=zzz')).toEqual(['cursor'])
    expect(await fields('page=2')).toEqual(['page'])
    expect(await fields('limit=1&limit=2')).toEqual(['limit'])
    expect(await fields('status=warm')).toEqual(['status'])
  })
})

describe('invoices', () => {
  const list = async (query: string) => (await get(`/invoices?limit=200&${query}`)).json
  type Invoice = { status: string; client_id: number; issued_on: string }

  it('are filtered by status and client', async () => {
    const paid = await list('status=paid')
    expect(paid.count).toBeGreaterThan(0)
    expect(new Set(paid.data.map(({ status }: Invoice) => status))).toEqual(new Set(['paid']))
    const theirs = await list('client_id=1')
    expect(new Set(theirs.data.map(({ client_id }: Invoice) => client_id))).toEqual(new Set([1]))
  })

  it('are filtered by days, the ends included', async () => {
    const [first] = (await list('')).data.slice(-1)
    const day = first.issued_on
    const { data } = await list(`issued_from=${day}&issued_to=${day}`)
    expect(data).toContainEqual(first)
    for (const { issued_on } of data) expect(issued_on).toBe(day)
    const later = await list('issued_from=2026-03-01')
    for (const { issued_on } of later.data) expect(issued_on >= '2026-03-01').toBe(true)
  })

  it('refuse a day that does not exist', async () => {
    const { status, json } = await get('/invoices?issued_from=2026-02-30')
    expect([status, Object.keys(json.fields)]).toEqual([400, ['issued_from']])
  })

  it('show lines and payments in the single view, which add up', async () => {
    const { data } = await list('status=paid')
    const { json } = await get(`/invoices/${data[0].id}`)
    const cents = (rows: { amount: string }[]) =>
      rows.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0)
    expect(cents(json.lines)).toBe(cents([{ amount: json.subtotal }]))
    expect(cents(json.payments)).toBe(cents([{ amount: json.total }]))
    expect(json).toMatchObject({ amount_paid: json.total, amount_due: '0.00' })
    expect(json).toMatchObject(data[0])
  })
})

describe('HTTP manners', () => {
  it.each(['/leads', '/leads/1', '/invoices/1', '/clients', '/opportunities'])(
    'HEAD %s is GET without a body',
    async (path) => {
      const [head, full] = await Promise.all([ask('HEAD', path), get(path)])
      expect([head.status, head.text]).toEqual([200, ''])
      for (const name of ['content-length', 'content-type', 'etag'])
        expect(head.headers.get(name)).toBe(full.headers.get(name))
    },
  )

  it('OPTIONS tells the methods, also to a stranger', async () => {
    const answer = await server.request('/api/v1/leads', { method: 'OPTIONS' })
    expect([answer.status, answer.headers.get('allow'), answer.text]).toEqual([204, 'GET, POST, HEAD, OPTIONS', ''])
  })

  it.each(['/leads', '/leads/1', '/invoices', '/clients/1'])('%s answers with a slash as without one', async (path) => {
    const [plain, slashed] = await Promise.all([get(path), get(`${path}/`)])
    expect([slashed.status, slashed.text]).toEqual([200, plain.text])
  })

  it('another family calls the same paths in the same manner', async () => {
    expect((await get('/leads', all)).text).toBe((await get('/leads')).text)
  })
})
