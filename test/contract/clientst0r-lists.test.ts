import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testServer } from '../kit/server.ts'
import { DOCUMENT, lists, type Row, words, writable } from './clientst0r-document.ts'
import { type Minted, minted } from './minted.ts'

const server = testServer()
let owner: Minted
beforeAll(async () => {
  owner = await minted(server, { family: 'clientst0r' })
})

const ask = (method: string, path: string, body?: unknown) =>
  server.request(path.replace(server.url, ''), { method, key: owner.token, body })
const get = (path: string): Promise<Answer> => ask('GET', path)

describe('Filtering & Pagination: all list endpoints support', () => {
  /** As a DRF client does: one page after the other until `next` is null. */
  async function everything(path: string): Promise<Row[]> {
    const rows: Row[] = []
    for (let next: string | null = path; next !== null; ) {
      const { status, json }: Answer = await get(next)
      expect([status, Object.keys(json)]).toEqual([200, ['count', 'next', 'previous', 'results']])
      rows.push(...json.results)
      next = json.next
    }
    return rows
  }

  beforeAll(async () => {
    for (const [name, { whole, required }] of writable)
      for (let i = 0; i < 28; i += 1)
        await ask('POST', `/api/${name}/`, {
          ...(i % 2 ? whole : {}),
          url: whole.url,
          [required]: `Row ${i % 9} of ${i}`,
        })
  })

  it('the document’s own request', async () => {
    const { status, json } = await get('/api/assets/?search=switch&ordering=-created_at&page=2&page_size=50')
    const { previous, next, count, results } = json
    expect([status, next, results.length]).toEqual([200, null, count - 50])
    expect(previous).toBe(`${server.url}/api/assets/?search=switch&ordering=-created_at&page_size=50`)
    const at = results.map(({ created_at }: Row) => Date.parse(created_at))
    expect(at).toEqual(at.toSorted((a: number, b: number) => b - a))
    for (const row of results) expect(JSON.stringify(row).toLowerCase()).toContain('switch')
  })

  it.each(lists)('search, in /api/%s/', async (name) => {
    const { searched } = DOCUMENT[name]!
    const found = await everything(`/api/${name}/?search=${encodeURIComponent(searched.toUpperCase())}`)
    expect(found.length).toBeGreaterThan(0)
    expect(found.length).toBeLessThan((await everything(`/api/${name}/?page_size=200`)).length)
    for (const row of found) expect(JSON.stringify(row).toLowerCase()).toContain(searched)
  })

  it.each(lists)('ordering by every field, both ways, in /api/%s/', async (name) => {
    const [row] = (await get(`/api/${name}/`)).json.results
    const unsortable = words(DOCUMENT[name]!.unsortable)
    for (const field of Object.keys(row).filter((key) => !unsortable.includes(key))) {
      const order = (rows: Row[]) => {
        const values = rows.map((each) => each[field])
        const given = values.filter((value) => value !== null)
        expect([field, values.slice(given.length).every((value) => value === null)]).toEqual([field, true])
        return given.filter((value, i) => value !== given[i - 1])
      }
      const up = order(await everything(`/api/${name}/?ordering=${field}&page_size=40`))
      const down = order(await everything(`/api/${name}/?ordering=-${field}&page_size=40`))
      expect([field, up]).toEqual([field, down.toReversed()])
      expect([field, new Set(up).size]).toEqual([field, up.length])
      const times = up.map((value) => (/_(at|update|check)$/.test(field) ? Date.parse(String(value)) : value))
      if (times.every((value) => typeof value === 'number'))
        expect([field, times]).toEqual([field, times.toSorted((a, b) => Number(a) - Number(b))])
    }
    for (const field of unsortable)
      expect((await get(`/api/${name}/?ordering=${field}`)).json.ordering[0]).toMatch(
        /; the valid fields are [a-z_, ]+\.$/,
      )
  })

  it.each(lists)('page, from 1 until next is null and back again, each row once, in /api/%s/', async (name) => {
    const size = name === 'organizations' ? 1 : 7
    const path = `/api/${name}/?page_size=${size}`
    const rows = await everything(path)
    const { count } = (await get(path)).json
    expect([rows.length, new Set(rows.map(({ id }) => id)).size]).toEqual([count, count])
    expect((await get(`${path}&page=1`)).json.results).toEqual((await get(path)).json.results)
    const last = Math.ceil(count / size)
    let back = 0
    for (let at: string | null = `${path}&page=${last}`; at !== null; back += 1) at = (await get(at)).json.previous
    expect(back).toBe(last)
    for (const beyond of [last + 1, 40_000, 0, -1, 'last'])
      expect(await get(`${path}&page=${beyond}`)).toMatchObject({ status: 404, text: '{"detail":"Invalid page."}' })
  })

  it.each(lists)('page_size, 25 unless given and 200 at most, in /api/%s/', async (name) => {
    const { json } = await get(`/api/${name}/`)
    expect(json.results).toHaveLength(Math.min(25, json.count))
    expect((await get(`/api/${name}/?page_size=2`)).json.results).toHaveLength(2)
    for (const size of [200, 201, 100_000]) {
      const { json: most } = await get(`/api/${name}/?page_size=${size}`)
      expect(most.results).toHaveLength(Math.min(200, json.count))
    }
    for (const size of ['0', '-1', 'many', ''])
      expect((await get(`/api/${name}/?page_size=${size}`)).json.results).toHaveLength(json.results.length)
  })

  it('page_size is clamped to 200 where there are more rows', async () => {
    await server.app.query(
      `INSERT INTO vehicle (organization_id, name) SELECT 1, 'Fleet ' || i FROM generate_series(1, 230) i`,
      [],
    )
    const { json } = await get('/api/vehicles/?page_size=5000')
    expect([json.results.length, json.count > 200, json.next]).toEqual([
      ...[200, true],
      `${server.url}/api/vehicles/?page_size=5000&page=2`,
    ])
  })

  it.each(lists)('nothing unknown: /api/%s/ names its parameters instead', async (name) => {
    const { status, json } = await get(`/api/${name}/?colour=red`)
    expect([status, Object.keys(json)]).toEqual([400, ['colour']])
    for (const parameter of ['search', 'ordering', 'page', 'page_size', 'organization'])
      expect(json.colour[0]).toContain(parameter)
  })
})
