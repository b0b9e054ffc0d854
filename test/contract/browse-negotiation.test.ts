import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { BROWSER, Visitor as Stranger, signedIn, type Visitor } from '../kit/visitor.ts'
import { minted } from './minted.ts'
import { filled, type Route, routesOf } from './routes.ts'

const server = testServer()
let key = ''
let routes: Route[] = []
let visitor: Visitor
beforeAll(async () => {
  key = (await minted(server)).token
  routes = await routesOf(server)
  visitor = await signedIn(server, key)
})

const asking = (path: string, accept: string | undefined, as = key) =>
  server.request(path, { key: as, ...(accept !== undefined && { headers: { accept } }) })

const HTML = 'text/html; charset=utf-8'
const JSON_TYPE = 'application/json; charset=utf-8'

describe('who is shown a page', () => {
  it.each([
    'text/html',
    BROWSER,
    'text/html, application/json;q=0.9',
    'TEXT/HTML;Level=1',
    'application/json;q=0.5, text/html;q=0.8',
  ])('who accepts %s', async (accept) => {
    const { status, headers } = await asking('/api/assets/', accept)
    expect([status, headers.get('content-type')]).toEqual([200, HTML])
  })

  it.each([
    'application/json',
    '*/*',
    'application/*',
    'text/*',
    'application/json, text/plain, */*',
    'application/json, text/html',
    'text/html;q=0, application/json',
    'text/html;q=0',
    'application/json, text/html;q=0.9',
    'text/htmlx',
  ])('nobody who accepts %s', async (accept) => {
    const plain = await asking('/api/assets/', 'application/json')
    const { status, headers, text } = await asking('/api/assets/', accept)
    expect([status, headers.get('content-type'), text]).toEqual([200, JSON_TYPE, plain.text])
    expect(headers.getSetCookie()).toEqual([])
  })

  it('?format=json is JSON for a browser too, if it shows a key', async () => {
    expect((await asking('/api/assets/?format=json', BROWSER)).headers.get('content-type')).toBe(JSON_TYPE)
    expect((await visitor.go('/api/assets/?format=json')).status).toBe(401)
  })

  it('a change that is sent as JSON is answered as JSON', async () => {
    const sent = { method: 'POST', key, body: { name: '' }, headers: { accept: BROWSER } }
    const { status, json } = await server.request('/api/assets/', sent)
    expect([status, Object.keys(json)]).toEqual([400, ['name']])
  })
})

describe('every route is a page as well', () => {
  it('with the status that a program gets, the same answer in it, and nothing that may be kept or run', async () => {
    const reads = routes.filter(({ method, path }) => method === 'GET' && !path.endsWith('/content'))
    expect(reads.length).toBeGreaterThan(25)
    for (const path of reads.map((route) => filled(route.path))) {
      const [page, told] = [await visitor.go(path), await asking(path, 'application/json')]
      expect([path, page.status, page.headers.get('content-type')]).toEqual([path, told.status, HTML])
      expect(page.headers.get('cache-control')).toBe('no-store')
      expect(page.headers.get('x-content-type-options')).toBe('nosniff')
      expect(page.headers.get('etag')).toBeNull()
      const policy = page.headers.get('content-security-policy')
      for (const rule of ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"])
        expect(policy).toContain(rule)
      expect(policy).not.toMatch(/script-src|unsafe/)
      expect(page.text).not.toMatch(/<script|\son\w+=|style="|javascript:/i)
      expect(page.text).not.toMatch(/(src|<link [^>]*href)="(https?:)?\/\//)
      expect(page.text).toContain(`HTTP ${told.status} `)
    }
  })

  it('in both forms of its path', async () => {
    for (const path of ['/api/assets/', '/api/assets', '/api/v1/assets/', '/api/v1/assets', '/api/', '/api'])
      expect([path, (await visitor.go(path)).status]).toEqual([path, 200])
    expect((await visitor.go('/api/v1/assets/')).text).toContain('href="/api/v1/assets/1')
    expect((await visitor.go('/api/assets/')).text).toContain('href="/api/assets/1')
  })

  it('HEAD is a page without its body', async () => {
    const [head, full] = [await visitor.go('/api/assets/', { method: 'HEAD' }), await visitor.go('/api/assets/')]
    expect([head.status, head.text, head.headers.get('content-type')]).toEqual([200, '', HTML])
    expect(full.text).not.toBe('')
  })

  it.each([
    ['/api/nothing/', 404],
    ['/api/assets/2000000000/', 404],
    ['/api/assets/?page=999', 404],
    ['/api/assets/?ordering=nope', 400],
    ['/api/assets/?nobody_takes_this=1', 400],
  ])('%s is a page with the status %i', async (path, status) => {
    const page = await visitor.go(path)
    expect([page.status, page.headers.get('content-type')]).toEqual([status, HTML])
    expect(page.text).toContain('role="alert"')
  })

  it('a page is paid for from the bucket of the key, once, and says what is left', async () => {
    const own = await minted(server, { family: 'clientst0r', capacity: 4, refillPerSecond: 0.001 })
    const visitor = await signedIn(server, own.token)
    const left = async (path: string) => (await visitor.go(path)).headers.get('x-ratelimit-remaining')
    expect([await left('/api/assets/'), await left('/api/assets/1/'), await left('/api/')]).toEqual(['2', '1', '0'])
    const refused = await visitor.go('/api/assets/')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)])
    expect(refused.text).toContain('Too many requests')
  })

  it('the next page is a link, in whatever way the dialect names it', async () => {
    const next = async (path: string) => /rel="next" href="([^"]+)"/.exec((await visitor.go(path)).text)?.[1]
    expect(await next('/api/assets/?page_size=2')).toBe('/api/assets/?page_size=2&amp;page=2')
    for (const path of ['/api/v1/leads?limit=2', '/api/v1/notes?limit=1']) {
      const href = (await next(path))?.replaceAll('&amp;', '&')
      expect([path, href]).toEqual([path, expect.stringContaining('cursor=')])
      expect((await visitor.go(href!)).status).toBe(200)
    }
    expect(await next('/api/v1/organizations')).toBeUndefined()
  })

  it('the address does without the filters that were left empty', async () => {
    const { status, headers } = await visitor.go('/api/assets/?search=switch&tag=&ordering=')
    expect([status, headers.get('location')]).toEqual([303, '/api/assets/?search=switch'])
  })

  it('a file is a file, and nothing in it may run', async () => {
    const { status, headers } = await visitor.go('/api/v1/documents/1/content')
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(headers.get('content-disposition')).toMatch(/^attachment/)
    expect(headers.get('content-security-policy')).toContain('sandbox')
  })
})

describe('a stranger', () => {
  it('sees every resource, and is asked to sign in for what is in it', async () => {
    const stranger = new Stranger(server)
    const index = await stranger.go('/api/')
    expect(index.status).toBe(200)
    for (const path of ['/api/assets/', '/api/passwords/', '/api/v1/leads', '/api/v1/droplets', '/api/healthz'])
      expect(index.text).toContain(`<a href="${path}">`)
    const assets = await stranger.go('/api/assets/')
    expect([assets.status, assets.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(assets.text).toContain('Sign in to see this')
    expect(assets.text).not.toContain('rack-a-switch')
    expect((await stranger.go('/api/healthz')).status).toBe(200)
  })
})

describe('another organization', () => {
  it('is shown the page of a row that never was', async () => {
    const { token } = await minted(server, { organization: 1 })
    const other = await signedIn(server, token)
    const lasting = ({ status, headers, text }: Awaited<ReturnType<Visitor['go']>>) => [
      status,
      text
        .replaceAll(headers.get('x-request-id')!, '…')
        .replaceAll(/name="_once" value="[^"]*"/g, '')
        .replaceAll(/(<dt>(X-RateLimit-Remaining|RateLimit)<\/dt>)<dd>[^<]*/g, '$1')
        .replaceAll(/\b(2000000000|1)\b/g, '…'),
    ]
    expect(lasting(await other.go('/api/assets/1/'))).toEqual(lasting(await other.go('/api/assets/2000000000/')))
  })
})
