import { beforeAll, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
let theirs = ''
beforeAll(async () => {
  key = (await minted(server, { family: 'clientst0r', role: 'admin' })).token
  theirs = (await minted(server, { family: 'clientst0r', organization: 1 })).token
})

const get = (path: string, as = key) => server.request(path, { key: as })

const OWN = {
  ...{ id: 1, name: 'OmniForge', slug: 'omniforge', description: expect.any(String) },
  created_at: expect.stringMatching(/Z$/),
}

it('lists the organizations of the person behind the key, with exactly the documented keys', async () => {
  const { status, json } = await get('/api/organizations/')
  expect([status, json]).toEqual([200, { count: 1, next: null, previous: null, results: [OWN] }])
  expect(Object.keys(json.results[0])).toEqual(['id', 'name', 'slug', 'description', 'created_at'])
})

it('shows one, in both slash forms', async () => {
  const { json, text } = await get('/api/organizations/1/')
  expect(json).toEqual(OWN)
  expect((await get('/api/organizations/1')).text).toBe(text)
})

it.each(['name', 'slug'])('search looks through %s', async () => {
  expect((await get('/api/organizations/?search=OMNI')).json.count).toBe(1)
  expect((await get('/api/organizations/?search=omni+nothing')).json.count).toBe(0)
})

it('takes an ordering and pages', async () => {
  expect((await get('/api/organizations/?ordering=-created_at,name&page_size=1')).json.count).toBe(1)
  expect(await get('/api/organizations/?page=2')).toMatchObject({ status: 404, text: '{"detail":"Invalid page."}' })
  expect((await get('/api/organizations/?ordering=secret')).status).toBe(400)
})

it('another organization is one that never was', async () => {
  const [other, never] = [await get('/api/organizations/2/'), await get('/api/organizations/2000000000/')]
  expect([other.status, other.text]).toEqual([404, '{"detail":"Not found."}'])
  expect(never.text).toBe(other.text)
  expect((await get('/api/organizations/', theirs)).json.results.map(({ id }: { id: number }) => id)).toEqual([2])
})

it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('only reads: 405 for %s', async (method) => {
  const answer = await server.request('/api/organizations/1/', {
    method,
    key,
    ...(method !== 'DELETE' && { body: {} }),
  })
  expect([answer.status, answer.json]).toEqual([405, { detail: `Method "${method}" not allowed.` }])
  expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS'])
})

it('needs organizations:read', async () => {
  const { token } = await minted(server, { family: 'clientst0r', scopes: ['assets:read'] })
  expect((await get('/api/organizations/', token)).status).toBe(403)
})

it('is in the list of resources, and /api/v1/organizations is still the other dialect', async () => {
  expect((await get('/api/')).json.organizations).toBe(`${server.url}/api/organizations/`)
  expect((await get('/api/v1/organizations')).json).toMatchObject({ success: true, data: [{ slug: 'omniforge' }] })
})
