import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { DOCUMENT, lines, lists, type Row, words, writable } from './clientst0r-document.ts'
import { type Minted, minted } from './minted.ts'

const server = testServer()
let owner: Minted
beforeAll(async () => {
  owner = await minted(server, { family: 'clientst0r' })
})

const ask = (method: string, path: string, body?: unknown) => server.request(path, { method, key: owner.token, body })
const get = (path: string) => ask('GET', path)

/** A row of a resource to try things on; an organization is there already. */
async function rowOf(name: string): Promise<Row> {
  const { whole, required } = DOCUMENT[name]!
  if (!required) return (await get(`/api/${name}/`)).json.results[0]
  const { status, json } = await ask('POST', `/api/${name}/`, whole)
  expect(status).toBe(201)
  return json
}

describe('Authentication', () => {
  it('is the key in the header, as in the document’s request', async () => {
    const { status, headers } = await server.request('/api/assets/', {
      headers: { authorization: `Bearer ${owner.token}` },
    })
    expect(owner.token).toMatch(/^itdocs_live_\w+$/)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  })

  it.each(lines)('$method $path asks for it', async ({ method, path }) => {
    const { status, json } = await server.request(path.replace('{id}', '1'), { method })
    expect([status, json]).toEqual([401, { detail: 'Authentication credentials were not provided.' }])
  })
})

describe('the endpoints', () => {
  const STATUS: Record<string, number> = { POST: 201, DELETE: 204 }

  it.each(lines)('$method $path: $what', async ({ name, method, path }) => {
    const row = await rowOf(name)
    const { whole } = DOCUMENT[name]!
    const body = ['POST', 'PUT', 'PATCH'].includes(method) ? whole : undefined
    for (const form of [path, path.replace(/\/($|\?)/, '$1')]) {
      const { id } = method === 'DELETE' ? await rowOf(name) : row
      const { status, json, text, headers } = await ask(method, form.replace('{id}', String(id)), body)
      expect([form, status]).toEqual([form, STATUS[method] ?? 200])
      expect(headers.get('location')).toBeNull()
      if (method === 'DELETE') expect(text).toBe('')
      else if (path.endsWith(`/${name}/`) && method === 'GET') expect(Array.isArray(json.results)).toBe(true)
      else if (path.endsWith('/otp/')) expect(json.otp.code).toMatch(/^\d{6}$/)
      else if (method !== 'POST') expect(json.id).toBe(id)
      if (path.endsWith('?reveal=true')) expect(json.password).toBe('hunter2')
    }
  })

  it('are those and no others', async () => {
    const { json } = await server.request('/openapi/clientst0r.json')
    const printed = Object.entries<Row>(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const documented = new Set(lines.map(({ method, path }) => `${method} ${path.replace('?reveal=true', '')}`))
    expect(printed.filter((route) => route !== 'GET /api/').sort()).toEqual([...documented].sort())
  })

  const PATHS = [...new Set(lines.map(({ path }) => path.replace('?reveal=true', '')))]
  const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

  it.each(PATHS)('%s refuses every other method with 405, and says which it has', async (path) => {
    const has = new Set(lines.filter((line) => line.path === path).map(({ method }) => method))
    const allowed = [...has, ...(has.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort()
    for (const method of METHODS.filter((each) => !has.has(each))) {
      const { status, json, headers } = await ask(
        method,
        path.replace('{id}', '1'),
        method === 'DELETE' ? undefined : {},
      )
      expect([status, json]).toEqual([405, { detail: `Method "${method}" not allowed.` }])
      expect(headers.get('allow')?.split(', ').sort()).toEqual(allowed)
    }
    const options = await ask('OPTIONS', path.replace('{id}', '1'))
    expect(options.headers.get('allow')?.split(', ').sort()).toEqual(allowed)
  })

  it.each(lists)('/api/%s/ says 404 of a row that never was, for every method of a row', async (name) => {
    for (const { method } of lines.filter((line) => line.name === name && line.path.endsWith('{id}/')))
      for (const id of ['2000000000', '0', '-1', 'x']) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : DOCUMENT[name]!.whole
        expect(await ask(method, `/api/${name}/${id}/`, body)).toMatchObject({
          status: 404,
          text: '{"detail":"Not found."}',
        })
      }
  })
})

describe('a change, as a script sends it', () => {
  it.each(writable)('%s: PUT needs the required field, and its 400 names it', async (name, { required, whole }) => {
    const { id } = await rowOf(name)
    const { [required]: _, ...rest } = whole
    const refused = { [required]: ['This field is required.'] }
    expect(await ask('PUT', `/api/${name}/${id}/`, rest)).toMatchObject({ status: 400, json: refused })
    expect(await ask('POST', `/api/${name}/`, rest)).toMatchObject({ status: 400, json: refused })
    expect((await ask('PATCH', `/api/${name}/${id}/`, rest)).status).toBe(200)
  })

  it.each(writable)('%s: PATCH with null clears, and leaves the rest alone', async (name, { optional }) => {
    const row = await rowOf(name)
    for (const field of words(optional)) {
      const { status, json } = await ask('PATCH', `/api/${name}/${row.id}/`, { [field]: null })
      expect([field, status, json?.[field]]).toEqual([field, 200, null])
    }
    const { json } = await get(`/api/${name}/${row.id}/`)
    const cleared = Object.fromEntries(words(optional).map((field) => [field, null]))
    expect(json).toEqual({ ...row, ...cleared, updated_at: json.updated_at })
  })

  it.each(writable)('%s: what is read can be sent back whole', async (name) => {
    const row = await rowOf(name)
    const { status, json } = await ask('PUT', `/api/${name}/${row.id}/`, row)
    expect([status, json]).toEqual([200, { ...row, updated_at: json.updated_at }])
  })

  it.each(writable)(
    '%s: a 400 is sentences under the names of the fields, all of them at once',
    async (name, { required }) => {
      const { status, json } = await ask('POST', `/api/${name}/`, { notes: 5, url: 5, make: 5 })
      expect(status).toBe(400)
      expect(Object.keys(json)).toContain(required)
      expect(Object.keys(json).length).toBeGreaterThan(1)
      for (const sentences of Object.values(json)) expect(sentences).toEqual([expect.any(String)])
    },
  )
})

describe('Versioning is by address', () => {
  it.each(writable.map(([name]) => name))('/api/v1/%s/ is the same resource', async (name) => {
    const row = await rowOf(name)
    expect((await get(`/api/v1/${name}/${row.id}/`)).json).toEqual(row)
    const made = await ask('POST', `/api/v1/${name}`, DOCUMENT[name]!.whole)
    expect(made.status).toBe(201)
    expect((await get(`/api/${name}/${made.json.id}`)).json).toEqual(made.json)
  })
})

describe('the events that the document names', () => {
  it('asset.created, asset.updated and asset.deleted are written as they happen', async () => {
    const { id } = await rowOf('assets')
    await ask('PATCH', `/api/assets/${id}/`, { location: 'elsewhere' })
    await ask('DELETE', `/api/assets/${id}/`)
    const events = await server.app.query<{ type: string; id: number }>(
      `SELECT type, (data ->> 'id')::int AS id FROM event WHERE organization_id = $1 AND (data ->> 'id')::int = $2 AND type LIKE 'asset.%' ORDER BY event.id`,
      [owner.organizationId, id],
    )
    expect(events.map(({ type }) => type)).toEqual(['asset.created', 'asset.updated', 'asset.deleted'])
  })
})
