import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { hidden, signedIn, Visitor } from '../kit/visitor.ts'
import { type Minted, minted } from './minted.ts'

const server = testServer()
let admin = ''
beforeAll(async () => {
  admin = (await minted(server)).token
})

const FAMILIES = ['dashboard', 'devsphere', 'clientst0r'] as const
const ASSET = { name: 'made by a form' }

const revoke = ({ id }: Minted) => server.graphql('mutation ($id: ID!) { revokeApiKey(id: $id) { id } }', { id }, admin)

describe('signing in', () => {
  it.each(FAMILIES)('works with a key of the family %s', async (family) => {
    const { token } = await minted(server, { family, scopes: ['leads:read'] })
    const visitor = new Visitor(server)
    const { status, headers } = await visitor.signIn(`  ${token}\n`, '/api/v1/leads?limit=2')
    expect([status, headers.get('location')]).toEqual([303, '/api/v1/leads?limit=2'])
    expect((await visitor.go('/api/v1/leads?limit=2')).status).toBe(200)
  })

  it('leaves a cookie that no script reads and no other site sends, with no key in it', async () => {
    const { token } = await minted(server)
    const visitor = new Visitor(server)
    const { cookies, headers } = await visitor.signIn(token)
    const [session] = cookies.filter((each) => each.startsWith('opsgraph_session='))
    expect(session).toMatch(/^opsgraph_session=[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(headers.get('cache-control')).toBe('no-store')
    const kept = Buffer.from(visitor.jar.get('opsgraph_session')!, 'base64url').toString('latin1')
    expect(kept).not.toContain(token)
    for (const path of ['/api/', '/api/v1/me', '/api/assets/1/', '/browse/sign-in'])
      expect((await visitor.go(path)).text).not.toContain(token)
  })

  it('is forgotten by the sign-in page itself: what was typed is not shown again', async () => {
    const wrong = `${admin.slice(0, -1)}x`
    const refused = await new Visitor(server).signIn(wrong)
    expect(refused.status).toBe(401)
    expect(refused.text).toContain('This key or token is not valid.')
    expect(refused.text).not.toContain(wrong)
    expect(refused.cookies.join()).not.toContain('opsgraph_session')
  })

  it.each(['', 'hello', 'dsk_', '<script>alert(1)</script>', 'x'.repeat(5000)])('refuses %.30j', async (key) => {
    const { status, text } = await new Visitor(server).signIn(key)
    expect([status, text.includes('aria-invalid="true"')]).toEqual([key === '' ? 400 : 401, true])
  })

  it.each([
    'https://evil.example/',
    '//evil.example/api/',
    '/\\evil.example/api/',
    '/graphql/x',
    '/graphqlx',
    '/api/../reference',
    'javascript:alert(1)',
    '/apis',
    '\t//evil.example',
  ])('goes to no other place than the API, even when told to go to %j', async (next) => {
    const { headers } = await new Visitor(server).signIn(admin, next)
    expect(headers.get('location')).toBe('/api/')
  })

  it('is refused to a form that does not carry the token of the page', async () => {
    const visitor = new Visitor(server)
    await visitor.go('/browse/sign-in')
    for (const _token of ['', 'x', hidden(await new Visitor(server).go('/browse/sign-in'), '_token')]) {
      const { status, cookies } = await visitor.send('/browse/sign-in', { _token, key: admin })
      expect([status, cookies.join().includes('opsgraph_session')]).toEqual([403, false])
    }
  })

  it('counts as any use of a key: failures by address, successes from the bucket', async () => {
    const { token } = await minted(server, { capacity: 2, refillPerSecond: 0.001 })
    const visitor = new Visitor(server)
    expect((await visitor.signIn(token)).headers.get('x-ratelimit-remaining')).toBe('1')
  })
})

describe('a session', () => {
  it('ends with its key, on the very next request, and the browser is told to forget it', async () => {
    const key = await minted(server)
    const visitor = await signedIn(server, key.token)
    expect((await visitor.go('/api/assets/')).status).toBe(200)
    await revoke(key)
    const ended = await visitor.go('/api/assets/')
    expect(ended.status).toBe(401)
    expect(ended.text).toContain('Your session has ended')
    expect(ended.text).not.toContain('rack-a-switch')
    expect(visitor.jar.has('opsgraph_session')).toBe(false)
  })

  it('does what its key may do now', async () => {
    const { token, id } = await minted(server, { family: 'clientst0r', scopes: ['assets:read', 'assets:write'] })
    const visitor = await signedIn(server, token)
    expect((await visitor.go('/api/assets/')).text).toContain('id="create-name"')
    const input = { scopes: ['assets:read'] }
    const change = 'mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }'
    expect((await server.graphql(change, { id, input }, admin)).json.errors).toBeUndefined()
    const narrowed = await visitor.go('/api/assets/')
    expect(narrowed.text).not.toContain('id="create-name"')
    expect(narrowed.text).toContain('it lacks <code>assets:write</code>')
    expect((await visitor.go('/api/vehicles/')).status).toBe(403)
  })

  it('opens pages and nothing else', async () => {
    const visitor = await signedIn(server, admin)
    const { cookie } = visitor
    const as = (accept: string) => ({ headers: { cookie, accept } })
    for (const accept of ['application/json', '*/*', ''])
      expect((await server.request('/api/assets/', as(accept))).status).toBe(401)
    expect((await server.request('/api/v1/documents/1/content', as('*/*'))).status).toBe(401)
    const post = { method: 'POST', headers: { cookie, accept: '*/*' }, body: ASSET }
    expect((await server.request('/api/assets/', post)).status).toBe(401)
    expect((await server.request('/api/assets/', { ...post, headers: { cookie, accept: 'text/html' } })).status).toBe(
      401,
    )
    const query = { method: 'POST', headers: { cookie }, body: { query: '{ me { name } }' } }
    expect((await server.request('/graphql', query)).status).toBe(401)
    const form = { cookie, accept: '*/*', 'content-type': 'application/x-www-form-urlencoded' }
    expect((await server.request('/api/assets/', { method: 'POST', headers: form, body: 'name=x' })).status).toBe(401)
    expect((await server.request('/api/assets/1/', { method: 'DELETE', headers: { cookie } })).status).toBe(401)
  })

  it('is no credential, and neither is what is sealed for another purpose', async () => {
    const visitor = await signedIn(server, admin)
    const session = visitor.jar.get('opsgraph_session')!
    expect((await server.request('/api/assets/', { key: session })).status).toBe(401)
    const stranger = new Visitor(server)
    await stranger.go('/api/')
    stranger.jar.set('opsgraph_session', stranger.jar.get('opsgraph_visit')!)
    expect((await stranger.go('/api/assets/')).status).toBe(401)
  })

  it.each<[string, (session: string) => string]>([
    ['changed in one place', (session) => session.slice(0, -4) + (session.endsWith('AAAA') ? 'BBBB' : 'AAAA')],
    ['cut short', (session) => session.slice(0, 40)],
    ['empty', () => ''],
    ['made up', () => Buffer.from('{"hash":"x"}').toString('base64url')],
  ])('that is %s is none', async (_what, change) => {
    const visitor = await signedIn(server, admin)
    visitor.jar.set('opsgraph_session', change(visitor.jar.get('opsgraph_session')!))
    expect((await visitor.go('/api/assets/')).status).toBe(401)
  })

  it('is not used for what another site begins', async () => {
    const visitor = await signedIn(server, admin)
    for (const site of ['cross-site', 'same-site']) {
      const { status, text, cookies } = await visitor.go('/api/passwords/1/?reveal=true', {
        headers: { 'sec-fetch-site': site },
      })
      expect([status, text.includes('open this page again')]).toEqual([401, true])
      expect(cookies.join()).not.toContain('opsgraph_session')
    }
    expect((await visitor.go('/api/passwords/1/', { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200)
  })

  it('ends by signing out, which takes the token of the session', async () => {
    const visitor = await signedIn(server, admin)
    expect((await visitor.send('/browse/sign-out', { _token: 'x' })).status).toBe(403)
    expect(visitor.jar.has('opsgraph_session')).toBe(true)
    const page = await visitor.go('/api/')
    const { status, headers } = await visitor.send('/browse/sign-out', { _token: hidden(page, '_token') })
    expect([status, headers.get('location')]).toEqual([303, '/api/'])
    expect(visitor.jar.has('opsgraph_session')).toBe(false)
    expect((await visitor.go('/api/')).text).toContain('Signed out.')
    expect((await visitor.go('/api/')).text).not.toContain('Signed out.')
  })
})

describe('a form', () => {
  const list = '/api/assets/'

  it('is refused without the token of its session, and nothing is changed', async () => {
    const [visitor, other] = [await signedIn(server, admin), await signedIn(server, admin)]
    const before = (await server.request(list, { key: admin })).json.count
    const theirs = hidden(await other.go(list), '_token')
    for (const _token of ['', 'x', theirs]) {
      const { status, text } = await visitor.send(list, { ...ASSET, _token, _method: 'POST' })
      expect([status, text.includes('value="made by a form"')]).toEqual([403, true])
    }
    expect((await visitor.send('/api/assets/1/', { _method: 'DELETE' })).status).toBe(403)
    expect((await server.request(list, { key: admin })).json.count).toBe(before)
    expect((await server.request('/api/assets/1/', { key: admin })).status).toBe(200)
  })

  it('is refused to another site, even with the token', async () => {
    const visitor = await signedIn(server, admin)
    const _token = hidden(await visitor.go(list), '_token')
    for (const site of ['cross-site', 'same-site']) {
      const { status } = await visitor.send(list, { ...ASSET, _token }, { 'sec-fetch-site': site })
      expect(status).toBe(403)
    }
    expect((await visitor.send(list, { ...ASSET, _token }, { 'sec-fetch-site': 'same-origin' })).status).toBe(303)
  })

  it('is a stranger’s to nobody: the answer is the refusal that a program gets', async () => {
    const stranger = new Visitor(server)
    expect((await stranger.send(list, ASSET)).status).toBe(403)
    const _token = hidden(await stranger.go(list), '_token')
    expect((await stranger.send(list, { ...ASSET, _token })).status).toBe(401)
  })

  it('may be sent by who shows a key in the header, with the token of the visit', async () => {
    const visitor = new Visitor(server)
    const authorization = `Bearer ${admin}`
    const page = await visitor.go(list, { headers: { authorization } })
    expect(page.text).not.toContain('Sign out')
    expect((await visitor.send(list, { ...ASSET, _token: 'x' }, { authorization })).status).toBe(403)
    const sent = await visitor.send(list, { ...ASSET, _token: hidden(page, '_token') }, { authorization })
    expect(sent.status).toBe(303)
  })
})

describe('over HTTPS', () => {
  const proxied = testServer({ OPSGRAPH_TRUSTED_PROXIES: '127.0.0.1' })

  it('the cookies are bound to this host, and go over nothing else', async () => {
    const { token } = await minted(proxied)
    const visitor = new Visitor(proxied)
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ops.example.com' }
    const page = await visitor.go('/browse/sign-in', { headers })
    const { status, cookies } = await visitor.send(
      '/browse/sign-in',
      { _token: hidden(page, '_token'), key: token },
      headers,
    )
    expect(status).toBe(303)
    const [session] = cookies
    expect(session).toMatch(/^__Host-opsgraph_session=[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
    expect((await visitor.go('/api/assets/', { headers })).status).toBe(200)
    expect((await visitor.go('/api/assets/')).status).toBe(401)
  })
})
