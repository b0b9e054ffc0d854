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

describe('the sentences of Django REST framework', () => {
  it('401 without a credential', async () => {
    const { status, text, headers } = await server.request('/api/assets/')
    expect([status, text]).toEqual([401, '{"detail":"Authentication credentials were not provided."}'])
    expect(headers.get('www-authenticate')).toBe('Bearer')
  })

  it('401 with a wrong one', async () => {
    const { status, text } = await get('/api/assets/', 'itdocs_live_wrong')
    expect([status, text]).toEqual([401, '{"detail":"Invalid token."}'])
  })

  it('403 for a role that only reads', async () => {
    const { token } = await minted(server, { family: 'clientst0r', role: 'readonly' })
    expect((await get('/api/assets/1/', token)).status).toBe(200)
    for (const [method, path] of [
      ['POST', '/api/assets/'],
      ['PUT', '/api/assets/1/'],
      ['PATCH', '/api/assets/1/'],
      ['DELETE', '/api/assets/1/'],
    ] as const) {
      const { status, text } = await ask(method, path, method === 'DELETE' ? undefined : { name: 'x' }, token)
      expect([status, text]).toEqual([403, '{"detail":"You do not have permission to perform this action."}'])
    }
  })

  it('403 for a key narrowed by its scopes', async () => {
    const { token } = await minted(server, { family: 'clientst0r', scopes: ['vehicles:read'] })
    expect((await get('/api/assets/', token)).status).toBe(403)
  })

  it.each(['/api/assets/2000000000/', '/api/assets/999999999999999999999/', '/api/assets/x/', '/api/nothing/'])(
    '404 at %s',
    async (path) => {
      expect(await get(path)).toMatchObject({ status: 404, text: '{"detail":"Not found."}' })
    },
  )

  it.each([
    ['DELETE', '/api/assets/', 'GET, POST, HEAD, OPTIONS'],
    ['PATCH', '/api/assets/', 'GET, POST, HEAD, OPTIONS'],
    ['POST', '/api/assets/1/', 'GET, PATCH, PUT, DELETE, HEAD, OPTIONS'],
    ['POST', '/api/', 'GET, HEAD, OPTIONS'],
  ])('405 for %s %s', async (method, path, allow) => {
    const { status, text, headers } = await ask(method, path, method === 'DELETE' ? undefined : {})
    expect([status, text]).toEqual([405, JSON.stringify({ detail: `Method "${method}" not allowed.` })])
    expect(headers.get('allow')?.split(', ').sort()).toEqual(allow.split(', ').sort())
  })

  it('429 tells when it will be available', async () => {
    const { token } = await minted(server, { family: 'clientst0r', capacity: 1, refillPerSecond: 0.15 })
    await get('/api/assets/1/', token)
    const { status, json, headers } = await get('/api/assets/1/', token)
    const wait = headers.get('retry-after')
    expect([status, json]).toEqual([429, { detail: `Request was throttled. Expected available in ${wait} seconds.` }])
    expect(wait).toMatch(/^[67]$/)
  })
})

describe('addresses', () => {
  it.each([
    ['/api/assets/', '/api/assets'],
    ['/api/assets/1/', '/api/assets/1'],
    ['/api/assets/1/', '/api/v1/assets/1/'],
    ['/api/assets/1/', '/api/v1/assets/1'],
  ])('%s and %s are the same', async (documented, other) => {
    const [one, two] = await Promise.all([get(documented), get(other)])
    const told = (text: string) => text.replaceAll(/"(next|previous)":"[^"]*"/g, '')
    expect([two.status, told(two.text)]).toEqual([200, told(one.text)])
  })

  it('a page under /api/v1/assets/ links to pages under the same path', async () => {
    const { json } = await get('/api/v1/assets/?page_size=100')
    expect(json.next).toBe(`${server.url}/api/v1/assets/?page_size=100&page=2`)
  })

  it('a write without its last slash is executed, not redirected', async () => {
    const { status, json } = await ask('POST', '/api/assets', { name: 'slashless' })
    expect([status, json.name]).toEqual([201, 'slashless'])
  })

  it('/api/ maps names to addresses that answer', async () => {
    const { status, json } = await get('/api/')
    expect(status).toBe(200)
    expect(json.assets).toBe(`${server.url}/api/assets/`)
    for (const address of Object.values<string>(json))
      expect((await get(address.replace(server.url, ''))).status).toBe(200)
    expect((await get('/api')).json).toEqual(json)
  })

  it('HEAD is GET without a body', async () => {
    const [head, full] = await Promise.all([ask('HEAD', '/api/assets/1/'), get('/api/assets/1/')])
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      ...[200, ''],
      full.headers.get('content-length'),
    ])
  })

  it('?format=json is tolerated, as the framework takes it on every route', async () => {
    expect((await get('/api/assets/?format=json')).status).toBe(200)
  })
})

describe('another organization', () => {
  it('sees none of our assets, and its answers are those of an id that never was', async () => {
    const { token } = await minted(server, { family: 'clientst0r', organization: 1 })
    const before = (await get('/api/assets/1/')).text
    const { name } = JSON.parse(before)
    expect((await get(`/api/assets/?search=${name}`)).json.count).toBeGreaterThan(0)
    expect((await get(`/api/assets/?search=${name}`, token)).json.count).toBe(0)
    for (const [method, body] of [['GET'], ['PUT', { name: 'x' }], ['PATCH', { name: 'x' }], ['DELETE']] as const) {
      const [theirs, never] = [
        await ask(method, '/api/assets/1/', body, token),
        await ask(method, '/api/assets/2000000000/', body, token),
      ]
      expect([theirs.status, theirs.text]).toEqual([404, never.text])
    }
    expect((await get('/api/assets/1/')).text).toBe(before)
  })
})
