import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testServer } from '../kit/server.ts'
import { type Minted, minted } from './minted.ts'

const server = testServer()
/** Owner at home and administrator at the customer; editor at home and reader at the customer; at home alone. */
let owner: Minted
let editor: Minted
let admin: Minted
let home = 0
let customer = 0
beforeAll(async () => {
  owner = await minted(server, { family: 'clientst0r' })
  editor = await minted(server, { family: 'clientst0r', role: 'editor' })
  admin = await minted(server, { family: 'clientst0r', role: 'admin' })
  home = owner.organizationId
  const [found] = await server.app.query<{ id: number }>(`SELECT id FROM organization WHERE slug = 'bluefin'`, [])
  customer = found!.id
})

type Asking = { method?: string; body?: unknown; headers?: Record<string, string> }
const ask = (path: string, { token }: Minted, more: Asking = {}) => server.request(path, { key: token, ...more })
const named = (organization: string | number) => ({ headers: { 'x-organization': String(organization) } })
const nameOf = ({ json }: Answer) => json.results?.[0]?.organization_name ?? json.organization_name
const told = ({ status, text, headers }: Answer) =>
  [status, text.replaceAll(headers.get('x-request-id')!, '…'), headers.get('content-type')] as const

describe('a key whose person belongs to two organizations', () => {
  it('asks its own unless another is named', async () => {
    const { json } = await ask('/api/assets/', owner)
    expect([json.count, json.results[0].organization]).toEqual([120, home])
  })

  it('chooses by the parameter on every route, by id or slug', async () => {
    for (const organization of ['bluefin', customer]) {
      const all = await ask(`/api/assets/?organization=${organization}&ordering=id`, owner)
      expect([all.status, all.json.count, nameOf(all)]).toEqual([200, 5, 'Bluefin Logistics'])
      const [{ id }] = all.json.results
      for (const path of [`/api/assets/${id}/`, `/api/v1/assets/${id}`]) {
        expect(nameOf(await ask(`${path}?organization=${organization}`, owner))).toBe('Bluefin Logistics')
        expect((await ask(path, owner)).status).toBe(404)
      }
    }
    for (const [list, count] of [
      ['vehicles', 3],
      ['monitors', 2],
      ['passwords', 1],
    ] as const)
      expect((await ask(`/api/${list}/?organization=bluefin`, owner)).json.count).toBe(count)
  })

  it('keeps its choice from page to page', async () => {
    const { json } = await ask('/api/assets/?organization=bluefin&page_size=2', owner)
    expect(json.next).toBe(`${server.url}/api/assets/?organization=bluefin&page_size=2&page=2`)
    const { json: next } = await ask(json.next.replace(server.url, ''), owner)
    expect(next.results.map(({ organization }: { organization: number }) => organization)).toEqual([customer, customer])
  })

  it('chooses by the header, at every door', async () => {
    const list = await ask('/api/assets/', owner, named('bluefin'))
    expect([list.json.count, nameOf(list)]).toEqual([5, 'Bluefin Logistics'])
    const QUERY = { query: '{ organization { slug } assets { totalCount } me { user { role } } }' }
    const { json } = await ask('/graphql', owner, { method: 'POST', body: QUERY, ...named(customer) })
    expect(json.data).toEqual({
      ...{ organization: { slug: 'bluefin' }, assets: { totalCount: 5 }, me: { user: { role: 'ADMIN' } } },
    })
    expect((await ask('/api/v1/droplets', owner, named('bluefin'))).json.count).toBe(0)
    expect((await ask('/api/v1/leads', owner, named('bluefin'))).json.data).toEqual([])
  })

  it('may name the same one twice, and not two different ones', async () => {
    const path = '/api/assets/?organization=bluefin'
    expect((await ask(path, owner, named('bluefin'))).json.count).toBe(5)
    const { status, json } = await ask(path, owner, named('omniforge'))
    expect([status, json]).toEqual([
      ...[400, { organization: [expect.stringMatching(/^names another organization than the header/)] }],
    ])
  })

  it('leaves a parameter without a value, and its own name, without effect', async () => {
    for (const mine of ['', 'omniforge', home])
      expect((await ask(`/api/assets/?organization=${mine}`, owner)).json.count).toBe(120)
    expect((await ask('/api/assets/', owner, named(' '))).json.count).toBe(120)
  })

  it('cannot write the name of the parameter so that it is missed', async () => {
    expect((await ask('/api/assets/?%6Frganization=bluefin', owner)).json.count).toBe(5)
    expect((await ask('/api/assets/?organization=omniforge&organization=bluefin', owner)).json.count).toBe(5)
  })

  it('may do there what its role there allows, and no more', async () => {
    expect((await ask('/api/assets/?organization=bluefin', editor)).json.count).toBe(5)
    const write = (path: string) => ask(path, editor, { method: 'POST', body: { name: 'by an editor' } })
    expect((await write('/api/assets/')).status).toBe(201)
    expect(told(await write('/api/assets/?organization=bluefin')).slice(0, 2)).toEqual([
      ...[403, '{"detail":"You do not have permission to perform this action."}'],
    ])
  })

  it('may do there, of that, what it was granted', async () => {
    const narrow = await minted(server, { family: 'clientst0r', scopes: ['assets:read'] })
    expect((await ask('/api/assets/?organization=bluefin', narrow)).status).toBe(200)
    for (const path of ['/api/vehicles/', '/api/passwords/'])
      expect((await ask(`${path}?organization=bluefin`, narrow)).status).toBe(403)
    expect((await ask('/api/passwords/?organization=bluefin', owner)).status).toBe(200)
  })

  it('is listed the organizations of its person, wherever it asks', async () => {
    for (const path of ['/api/organizations/', '/api/organizations/?organization=bluefin']) {
      const { json } = await ask(`${path}`, owner)
      expect(json.results.map(({ slug }: { slug: string }) => slug)).toEqual(['omniforge', 'bluefin'])
    }
    expect((await ask(`/api/organizations/${customer}/`, owner)).json.slug).toBe('bluefin')
    expect((await ask('/api/organizations/?search=bluefin&ordering=-name', owner)).json.count).toBe(1)
    expect((await ask('/api/organizations/?page_size=1&page=2&ordering=slug', owner)).json.results).toMatchObject([
      { slug: 'omniforge' },
    ])
    const { json } = await ask('/api/v1/organizations', owner)
    expect(json.data.map(({ slug }: { slug: string }) => slug)).toEqual(['omniforge', 'bluefin'])
    expect((await ask('/api/organizations/', admin)).json.results).toMatchObject([{ slug: 'omniforge' }])
    expect((await ask(`/api/organizations/${customer}/`, admin)).status).toBe(404)
  })
})

describe('an organization that one does not belong to', () => {
  const NEVER = [2_000_000_000, 'never-was']

  it.each(['/api/assets/', '/api/assets/1/', '/api/organizations/', '/api/', '/api/passwords/1/otp/'])(
    'is one that never was, at %s',
    async (path) => {
      const [reference] = await Promise.all([ask(`${path}?organization=never-was`, owner)])
      expect(told(reference!).slice(0, 2)).toEqual([404, '{"detail":"Not found."}'])
      for (const organization of [2, 'canary', ...NEVER])
        for (const answer of [
          await ask(`${path}?organization=${organization}`, owner),
          await ask(path, owner, named(organization)),
        ])
          expect(told(answer)).toEqual(told(reference!))
      expect(told(await ask(`${path}?organization=bluefin`, admin))).toEqual(told(reference!))
    },
  )

  it('is one that never was in the graph, for reads and for changes', async () => {
    for (const query of ['{ assets { totalCount } }', 'mutation { deleteAsset(id: 1) { id } }']) {
      const body = { query }
      const post = (organization: string | number) =>
        ask('/graphql', owner, { method: 'POST', body, ...named(organization) })
      const reference = await post('never-was')
      expect(reference.status).toBe(404)
      expect(reference.json.errors[0]).toMatchObject({
        message: 'No such organization.',
        extensions: { code: 'NOT_FOUND' },
      })
      for (const organization of [2, 'canary', ...NEVER])
        expect(told(await post(organization))).toEqual(told(reference))
    }
    expect((await ask('/api/assets/1/', owner)).status).toBe(200)
  })

  it('is refused to keys that stand for an organization, which may name their own', async () => {
    for (const family of ['dashboard', 'devsphere'] as const) {
      const key = await minted(server, { family, scopes: ['leads:read'] })
      const reference = await ask('/api/v1/leads', key, named('never-was'))
      expect([reference.status, reference.json]).toEqual([404, { error: 'not_found' }])
      for (const organization of ['bluefin', customer, 'canary'])
        expect(told(await ask('/api/v1/leads', key, named(organization)))).toEqual(told(reference))
      expect((await ask('/api/v1/leads', key, named('omniforge'))).status).toBe(200)
    }
  })

  it('is asked nobody without a credential', async () => {
    for (const organization of ['bluefin', 'never-was'])
      expect((await server.request(`/api/assets/?organization=${organization}`)).status).toBe(401)
  })

  it('costs a token of the key, so that none can be tried without end', async () => {
    const key = await minted(server, { family: 'clientst0r', capacity: 3, refillPerSecond: 0.001 })
    const statuses: number[] = []
    for (let i = 0; i < 4; i += 1) statuses.push((await ask(`/api/assets/?organization=${i + 900}`, key)).status)
    expect(statuses).toEqual([404, 404, 404, 429])
    const other = await minted(server, { family: 'clientst0r', capacity: 3, refillPerSecond: 0.001 })
    const query = { query: '{ assets { totalCount } }' }
    for (const status of [404, 404, 404, 429])
      expect((await ask('/graphql', other, { method: 'POST', body: query, ...named('canary') })).status).toBe(status)
  })
})
