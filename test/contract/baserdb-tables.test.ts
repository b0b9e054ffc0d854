import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
let group = 0
beforeAll(async () => {
  key = (await minted(server)).token
  group = (await get('groups')).json.data[0].id
})

const ask = (method: string, path: string, body?: unknown, as: string | undefined = key) =>
  server.request(`/api/v1/${path}`, { method, key: as, ...(body !== undefined && { body }) })
const get = (path: string, as?: string) => ask('GET', path, undefined, as)

const TABLE = [
  ...['id', 'group_id', 'name', 'database_name', 'managed', 'kind', 'columns', 'indexes', 'row_estimate', 'bytes'],
  ...['created_at', 'updated_at'],
]
const COLUMN = ['name', 'type', 'nullable', 'unique', 'default', 'generated', 'check', 'checks']
const COLUMNS = [
  { name: 'sku', type: 'varchar(20)', nullable: false, unique: true },
  { name: 'price', type: 'numeric(10,2)', default: '0.00', check: { min: 0 } },
  { name: 'limit', type: 'integer' },
]

let names = 0
async function made(columns: readonly object[] = COLUMNS): Promise<number> {
  names += 1
  const { json } = await ask('POST', 'tables', { group_id: group, name: `Table ${names}`, columns })
  return json.data.id
}

describe('/api/v1/tables', () => {
  it('are listed by name, with columns, indexes, estimate and bytes', async () => {
    const { status, json } = await get('tables')
    expect([status, Object.keys(json)]).toEqual([200, ['success', 'data', 'meta', 'error']])
    expect(json.meta.pagination).toEqual({ limit: 50, next_cursor: null, total: 2 })
    expect(json.data.map(({ name }: { name: string }) => name)).toEqual(['On-call shifts', 'Spare parts'])
    const [, parts] = json.data
    expect(Object.keys(parts)).toEqual(TABLE)
    expect(Object.keys(parts.columns[0])).toEqual(COLUMN)
    expect(parts).toMatchObject({
      managed: true,
      kind: 'table',
      group_id: expect.any(Number),
      bytes: expect.any(Number),
    })
    expect(parts.indexes.map(({ columns }: { columns: string[] }) => columns)).toEqual([['id'], ['sku']])
    expect((await get(`tables?group_id=${parts.group_id}`)).json.data).toHaveLength(1)
    expect((await get('tables?managed=false')).json.data).toEqual([])
    expect((await get('tables?limit=1')).json.meta.pagination.next_cursor).toEqual(expect.any(String))
    expect((await get('tables?owner=me')).status).toBe(400)
  })

  it('POST makes one, 201, and GET shows it', async () => {
    const answer = await ask('POST', 'tables', { group_id: group, name: 'Made', columns: COLUMNS })
    expect([answer.status, Object.keys(answer.json.data)]).toEqual([201, TABLE])
    const { id, columns } = answer.json.data
    expect(columns.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
      ...[
        ['id', 'bigint'],
        ['sku', 'varchar(20)'],
        ['price', 'numeric(10,2)'],
        ['limit', 'integer'],
      ],
    ])
    const { status, json } = await get(`tables/${id}`)
    expect([status, json.data]).toEqual([200, answer.json.data])
  })

  it('take the only group there is, and need to know it where there are several', async () => {
    const { token } = await minted(server, { organization: 1 })
    const body = { name: 'In the only one', columns: COLUMNS }
    expect((await ask('POST', 'tables', body, token)).status).toBe(201)
    const { status, json } = await ask('POST', 'tables', body)
    expect([status, Object.keys(json.error.details.fields)]).toEqual([400, ['group_id']])
    expect((await ask('POST', 'tables', { ...body, group_id: 2_000_000_000 })).status).toBe(400)
  })

  it('400 names the field and the remedy, 409 where the name is taken, 404 where there is none', async () => {
    const bad = await ask('POST', 'tables', { group_id: group, name: 'Bad', columns: [{ name: 'Bad', type: 'money' }] })
    expect([bad.status, bad.json.error.code]).toEqual([400, 'invalid_request'])
    expect(Object.keys(bad.json.error.details.fields)).toEqual(['columns.0.name'])
    const type = await ask('POST', 'tables', { group_id: group, name: 'Bad', columns: [{ name: 'a', type: 'money' }] })
    expect(type.json.error.details.fields['columns.0.type'][0]).toContain('numeric(p,s)')
    expect((await ask('POST', 'tables', { group_id: group, name: 'Bad' })).status).toBe(400)
    await ask('POST', 'tables', { group_id: group, name: 'Twice', columns: COLUMNS })
    const twice = await ask('POST', 'tables', { group_id: group, name: 'Twice', columns: COLUMNS })
    expect([twice.status, Object.keys(twice.json.error.details.fields)]).toEqual([409, ['name']])
    for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']] as const)
      expect((await ask(method, 'tables/2000000000', body)).status, method).toBe(404)
  })

  it('PATCH renames, adds and renames columns; dropping them takes the token of the first answer', async () => {
    const id = await made()
    const changed = await ask('PATCH', `tables/${id}`, {
      ...{ name: 'Changed', rename_columns: [{ from: 'limit', to: 'most' }] },
      add_columns: [{ name: 'shelf', type: 'text' }],
    })
    expect([changed.status, changed.json.data.name]).toEqual([200, 'Changed'])
    const columns = (answer: typeof changed) => answer.json.data.columns.map(({ name }: { name: string }) => name)
    expect(columns(changed)).toEqual(['id', 'sku', 'price', 'most', 'shelf'])
    const drop = { drop_columns: ['shelf'] }
    const first = await ask('PATCH', `tables/${id}`, drop)
    expect([first.status, first.json.error.code]).toEqual([409, 'conflict'])
    const { confirmation } = first.json.error.details
    expect(confirmation).toEqual({
      token: expect.any(String),
      rows: 0,
      bytes: expect.any(Number),
      expires_at: expect.any(String),
    })
    const second = await ask('PATCH', `tables/${id}`, { ...drop, confirm: confirmation.token })
    expect([second.status, columns(second)]).toEqual([200, ['id', 'sku', 'price', 'most']])
  })

  it('DELETE drops one with the token of the first answer, and answers it as it was', async () => {
    const id = await made()
    await ask('POST', `tables/${id}/rows`, { values: { sku: 'A' } })
    const first = await ask('DELETE', `tables/${id}`)
    expect([first.status, first.json.error.details.confirmation.rows]).toEqual([409, 1])
    const { token } = first.json.error.details.confirmation
    expect((await ask('DELETE', `tables/${id}?confirm=x${token}`)).status).toBe(409)
    const second = await ask('DELETE', `tables/${id}?confirm=${token}`)
    expect([second.status, Object.keys(second.json.data), second.json.data.id]).toEqual([200, TABLE, id])
    for (const path of [`tables/${id}`, `tables/${id}/rows`]) expect((await get(path)).status).toBe(404)
  })

  it('412 where the table changed meanwhile', async () => {
    const id = await made()
    const etag = (await get(`tables/${id}`)).headers.get('etag')!
    const headers = { 'if-match': etag }
    const rename = (name: string) =>
      server.request(`/api/v1/tables/${id}`, { method: 'PATCH', key, headers, body: { name } })
    expect([(await rename('Current')).status, (await rename('Stale')).status]).toEqual([200, 412])
  })
})

describe('/api/v1/tables/:id/rows', () => {
  it('are inserted one or many, 201, in the order given', async () => {
    const id = await made()
    const one = await ask('POST', `tables/${id}/rows`, { values: { sku: 'A', limit: 3 } })
    const row = { id: 1, values: { sku: 'A', price: '0.00', limit: 3 } }
    expect([one.status, one.json.data]).toEqual([201, { count: 1, rows: [row] }])
    const rows = [
      { sku: 'B', price: 12.5 },
      { sku: 'C', price: '7.00' },
    ]
    const many = await ask('POST', `tables/${id}/rows`, { rows })
    expect(many.json.data.rows.map((each: any) => [each.id, each.values.sku, each.values.price])).toEqual([
      ...[
        [2, 'B', '12.50'],
        [3, 'C', '7.00'],
      ],
    ])
    expect((await get(`tables/${id}/rows/1`)).json.data).toEqual(row)
  })

  it('that do not fit are refused by the name of their place', async () => {
    const id = await made()
    const answer = await ask('POST', `tables/${id}/rows`, { rows: [{ sku: 'A' }, { price: -1, color: 'red' }] })
    expect([answer.status, Object.keys(answer.json.error.details.fields).sort()]).toEqual([
      ...[400, ['rows.1.color', 'rows.1.price', 'rows.1.sku']],
    ])
    await ask('POST', `tables/${id}/rows`, { values: { sku: 'A' } })
    const taken = await ask('POST', `tables/${id}/rows`, { values: { sku: 'A' } })
    expect([taken.status, Object.keys(taken.json.error.details.fields)]).toEqual([409, ['values.sku']])
    expect((await ask('POST', `tables/${id}/rows`, { sku: 'A' })).status).toBe(400)
  })

  it('are narrowed by any column, ordered and paged', async () => {
    const id = await made()
    const rows = Array.from({ length: 7 }, (_, n) => ({ sku: `S${n}`, price: `${n % 3}.50`, limit: n % 2 }))
    await ask('POST', `tables/${id}/rows`, { rows })
    const skus = async (query: string) =>
      (await get(`tables/${id}/rows?${query}`)).json.data.map((row: any) => row.values.sku)
    expect(await skus('price.gte=2')).toEqual(['S2', 'S5'])
    expect(await skus('sku=S4')).toEqual(['S4'])
    expect(await skus('sku.in=S1,S3&price=0.50')).toEqual(['S3'])
    expect(await skus('limit.eq=1&sku.ne=S1')).toEqual(['S3', 'S5'])
    expect(await skus('limit=2')).toEqual(['S0', 'S1'])
    expect(await skus('ordering=-price,sku&limit=3')).toEqual(['S2', 'S5', 'S1'])
    const first = (await get(`tables/${id}/rows?ordering=-sku&limit=5`)).json
    expect(first.meta.pagination).toEqual({ limit: 5, next_cursor: expect.any(String), total: 7 })
    expect(await skus(`ordering=-sku&limit=5&cursor=${first.meta.pagination.next_cursor}`)).toEqual(['S1', 'S0'])
  })

  it('400 names the columns where a parameter is none, and the parameter whose value does not fit', async () => {
    const id = await made()
    const fields = async (query: string) => {
      const { status, json } = await get(`tables/${id}/rows?${query}`)
      return [status, json.error.details.fields]
    }
    expect(await fields('color=red')).toEqual([
      400,
      { color: ['There is no such column; the columns are id, sku, price, limit.'] },
    ])
    expect((await fields('price.gte=cheap'))[1]).toHaveProperty(['price.gte'])
    expect((await fields('price.near=1'))[1]).toHaveProperty(['price.near'])
    expect((await fields('ordering=color'))[1]).toHaveProperty('ordering')
    expect((await fields('cursor=x'))[1]).toHaveProperty('cursor')
    expect((await fields('sku=A&sku=B'))[1]).toHaveProperty('sku')
    expect((await fields('limit=201'))[1]).toHaveProperty('limit')
  })

  it('are changed and deleted one by one, under If-Match', async () => {
    const id = await made()
    await ask('POST', `tables/${id}/rows`, { rows: [{ sku: 'A' }, { sku: 'B' }] })
    const path = `tables/${id}/rows/1`
    const headers = { 'if-match': (await get(path)).headers.get('etag')! }
    const change = (price: string) =>
      server.request(`/api/v1/${path}`, { method: 'PATCH', key, headers, body: { values: { price } } })
    expect([(await change('1.00')).status, (await change('2.00')).status]).toEqual([200, 412])
    const gone = await ask('DELETE', path)
    expect([gone.status, gone.json.data]).toEqual([200, { id: 1, values: { sku: 'A', price: '1.00', limit: null } }])
    expect([(await get(path)).status, (await ask('DELETE', path)).status]).toEqual([404, 404])
    expect((await get(`tables/${id}/rows`)).json.meta.pagination.total).toBe(1)
  })
})

describe('another organization and other permissions', () => {
  it('sees its own alone', async () => {
    const id = await made()
    const { token } = await minted(server, { organization: 1 })
    expect(JSON.stringify((await get('tables', token)).json)).not.toContain('Table 1')
    const calls = [
      ...[
        ['GET', ''],
        ['PATCH', '', { name: 'Mine' }],
        ['DELETE', ''],
        ['GET', '/rows'],
        ['POST', '/rows', { values: {} }],
      ],
      ...[
        ['GET', '/rows/1'],
        ['PATCH', '/rows/1', { values: {} }],
        ['DELETE', '/rows/1'],
      ],
    ] as const
    for (const [method, below, body] of calls as any)
      expect([method, below, (await ask(method, `tables/${id}${below}`, body, token)).status]).toEqual([
        method,
        below,
        404,
      ])
  })

  it('reads with tables:read, writes rows with tables:write, and changes tables with tables:manage', async () => {
    const id = await made()
    const { token } = await minted(server, { family: 'devsphere', scopes: ['tables:read'] })
    expect([(await get('tables', token)).status, (await get(`tables/${id}/rows`, token)).status]).toEqual([200, 200])
    const need = async (method: string, path: string, body: unknown, as: string) => {
      const { status, json } = await ask(method, path, body, as)
      return [status, json.error.details]
    }
    expect(await need('POST', `tables/${id}/rows`, { values: {} }, token)).toEqual([403, { need: 'tables:write' }])
    const { token: writer } = await minted(server, { family: 'devsphere', scopes: ['tables:write'] })
    expect((await ask('POST', `tables/${id}/rows`, { values: { sku: 'W' } }, writer)).status).toBe(201)
    expect(await need('DELETE', `tables/${id}`, undefined, writer)).toEqual([403, { need: 'tables:manage' }])
    const { token: none } = await minted(server, { scopes: ['apps:read'] })
    expect((await get('tables', none)).json.error.details).toEqual({ need: 'tables:read' })
  })
})
