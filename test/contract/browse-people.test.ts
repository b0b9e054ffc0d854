import { describe, expect, it } from 'vitest'
import { codeOf, enrol, passSteps } from '../kit/authenticator.ts'
import { testServer } from '../kit/server.ts'
import { hidden, type Page, Visitor } from '../kit/visitor.ts'
import { minted } from './minted.ts'

const server = testServer()

type Person = { email: string; password: string }
const person = (role: string, organization = 0): Person =>
  server.demo.organizations[organization]!.users.find((user) => user.role === role)!

async function signedIn(who: Person, next?: string): Promise<Visitor> {
  const visitor = new Visitor(server)
  expect((await visitor.signInAs(who, next)).status).toBe(303)
  return visitor
}

const call = (method: string, path: string, key: string, body?: object) =>
  server.request(`/api/v1/${path}`, { method, key, ...(body && { body }) })
const login = async ({ email, password }: Person): Promise<string> =>
  (await server.request('/api/v1/auth/login', { method: 'POST', body: { email, password } })).json.data.access_token

const isOver = async (visitor: Visitor) => {
  const page = await visitor.go('/api/v1/leads')
  expect([page.status, page.text.includes('Your session has ended')]).toEqual([401, true])
  expect(visitor.jar.has('opsgraph_session')).toBe(false)
}

describe('a person who signs in to the pages', () => {
  it('comes to the page that was wanted, with what their role allows', async () => {
    const visitor = new Visitor(server)
    const { status, headers, cookies } = await visitor.signInAs(person('readonly'), '/api/v1/leads?limit=2')
    expect([status, headers.get('location')]).toEqual([303, '/api/v1/leads?limit=2'])
    const [session] = cookies.filter((each) => each.startsWith('opsgraph_session='))
    expect(session).toMatch(/^opsgraph_session=[\w-]+; Path=\/; HttpOnly; SameSite=Strict$/)
    const page = await visitor.go('/api/v1/leads?limit=2')
    expect(page.status).toBe(200)
    expect(page.text).toContain(`Signed in as </span><b><bdi>${person('readonly').email}`)
    expect(page.text).not.toContain('id="create-name"')
    expect((await visitor.go('/api/v1/users')).status).toBe(403)
    for (const text of [page.text, cookies.join()]) expect(text).not.toContain(person('readonly').password)
  })

  it('has a session like any other: it is listed, audited, and without a refresh token', async () => {
    const visitor = await signedIn(person('editor', 1))
    const page = await visitor.go('/api/v1/auth/sessions?format=json', { headers: { accept: 'text/html' } })
    expect(page.status).toBe(401)
    const sessions = (await call('GET', 'auth/sessions', await login(person('editor', 1)))).json.data
    expect(sessions).toHaveLength(2)
    const [kept] = await server.app.query<{ tokens: number; hours: number }>(
      `SELECT (SELECT count(*)::int FROM refresh_token WHERE session_id = session.id) AS tokens,
         extract(epoch FROM session.expires_at - session.created_at)::int / 3600 AS hours
       FROM session JOIN app_user ON app_user.id = user_id WHERE email = $1 ORDER BY session.id LIMIT 1`,
      [person('editor', 1).email],
    )
    expect(kept).toEqual({ tokens: 0, hours: 12 })
  })

  it('is told in one sentence what was wrong, and shown nothing of what was typed but the address', async () => {
    const wrong = { ...person('admin'), password: 'not the <password>' }
    const answers: Page[] = [
      await new Visitor(server).signInAs(wrong),
      await new Visitor(server).signInAs({ ...wrong, email: 'nobody@example.com' }),
    ]
    for (const { status, text } of answers) {
      expect([status, text.includes('The mail address or the password is wrong.')]).toEqual([401, true])
      expect(text).toMatch(/id="email"[^>]*aria-invalid="true"/)
      expect(text).not.toContain('not the')
    }
    expect(answers[0]!.text).toContain(`value="${wrong.email}"`)
    expect((await new Visitor(server).signInAs({ email: '', password: '' })).status).toBe(400)
  })

  it('is asked for the code of a second factor, once the password was right', async () => {
    const who = person('readonly', 1)
    const { secret } = await enrol(server, who)
    const visitor = new Visitor(server)
    expect((await visitor.signInAs({ ...who, password: 'wrong' })).text).toMatch(/id="email"[^>]*aria-invalid/)
    const asked = await visitor.signInAs(who)
    expect([asked.status, asked.text]).toEqual([401, expect.stringMatching(/id="code"[^>]*aria-invalid="true"/)])
    expect((await visitor.signInAs({ ...who, code: '000000' })).status).toBe(401)
    expect(visitor.jar.has('opsgraph_session')).toBe(false)
    expect((await visitor.signInAs({ ...who, code: codeOf(server, secret) })).status).toBe(303)
    passSteps(server)
  })

  it('is refused by a form that does not carry the token of the page', async () => {
    const visitor = new Visitor(server)
    await visitor.go('/browse/sign-in')
    for (const _token of ['', 'x', hidden(await new Visitor(server).go('/browse/sign-in'), '_token')]) {
      const { status, cookies } = await visitor.send('/browse/sign-in', { _token, ...person('admin') })
      expect([status, cookies.join().includes('opsgraph_session')]).toEqual([403, false])
    }
  })

  it('changes what their role allows, by a form of the page', async () => {
    const visitor = await signedIn(person('admin'))
    const page = await visitor.go('/api/v1/projects')
    const fields = { _token: hidden(page, '_token'), _method: 'POST', name: 'Made in the pages' }
    expect((await visitor.send('/api/v1/projects', fields)).status).toBe(303)
    const [row] = await server.app.query<{ kind: string; name: string }>(
      `SELECT actor_kind AS kind, actor_name AS name FROM audit_event WHERE action = 'project.created' ORDER BY id DESC LIMIT 1`,
      [],
    )
    expect(row).toEqual({ kind: 'user', name: person('admin').email })
  })
})

describe('the session of a person in the pages', () => {
  it('ends when it is revoked elsewhere', async () => {
    const visitor = await signedIn(person('admin'))
    const token = await login(person('admin'))
    const sessions: { id: number; is_current: boolean }[] = (await call('GET', 'auth/sessions', token)).json.data
    for (const { id } of sessions.filter(({ is_current }) => !is_current))
      await call('DELETE', `auth/sessions/${id}`, token)
    await isOver(visitor)
  })

  it('ends when the password changes, and when the person is disabled', async () => {
    const who = person('admin', 1)
    const visitor = await signedIn(who)
    const token = await login(who)
    const change = { current: who.password, new: 'another password' }
    expect((await call('POST', 'auth/password', token, change)).status).toBe(200)
    await isOver(visitor)
    const again = await signedIn({ ...who, password: change.new })
    await server.app.query(`UPDATE app_user SET status = 'disabled' WHERE email = $1`, [who.email])
    await server.app.announced()
    await isOver(again)
  })

  it('ends after twelve hours', async () => {
    const visitor = await signedIn(person('editor'))
    await server.app.query(
      `UPDATE session SET expires_at = created_at - interval '1 hour' WHERE user_id = (SELECT id FROM app_user WHERE email = $1)`,
      [person('editor').email],
    )
    await isOver(visitor)
  })

  it('ends by signing out, everywhere', async () => {
    const visitor = await signedIn(person('editor'))
    const kept = visitor.jar.get('opsgraph_session')!
    const page = await visitor.go('/api/')
    expect((await visitor.send('/browse/sign-out', { _token: hidden(page, '_token') })).status).toBe(303)
    visitor.jar.set('opsgraph_session', kept)
    await isOver(visitor)
  })

  it('opens pages, and nothing that a page has not asked', async () => {
    const { cookie } = await signedIn(person('editor'))
    const query = { method: 'POST', body: { query: '{ me { name } }' } }
    expect((await server.request('/api/v1/leads', { headers: { cookie } })).status).toBe(401)
    expect((await server.request('/graphql', { ...query, headers: { cookie } })).status).toBe(401)
  })
})

describe('somebody of several organizations', () => {
  const chosen = (page: Page) => /<option value="([\w-]+)" selected>/.exec(page.text)?.[1]
  const leadsOf = (page: Page) => /\d+ of (\d+) rows?/.exec(page.text)?.[1]

  it('is in the first, and goes to another by the selector, where they stay', async () => {
    const visitor = await signedIn(person('owner'))
    const first = await visitor.go('/api/v1/users')
    expect([first.status, chosen(first), leadsOf(first)]).toEqual([200, 'omniforge', '4'])
    const fields = { _token: hidden(first, '_token'), organization: 'bluefin', next: '/api/v1/users' }
    const { status, headers } = await visitor.send('/browse/organization', fields)
    expect([status, headers.get('location')]).toEqual([303, '/api/v1/users'])
    const other = await visitor.go('/api/v1/users')
    expect([other.status, chosen(other), leadsOf(other)]).toEqual([200, 'bluefin', '3'])
    expect(hidden(other, '_token')).toBe(hidden(first, '_token'))
    const named = await visitor.go('/api/assets/?organization=omniforge')
    expect(named.text).toContain('1 to 25 of 120')
  })

  it('goes nowhere else, and nobody else sends them', async () => {
    const visitor = await signedIn(person('owner'))
    const page = await visitor.go('/api/')
    const choose = (organization: string, more: object = {}) =>
      visitor.send('/browse/organization', { _token: hidden(page, '_token'), organization, ...more })
    for (const other of ['canary', 'never-was', '']) expect((await choose(other)).status).toBe(404)
    expect((await choose('bluefin', { _token: 'x' })).status).toBe(403)
    expect((await choose('bluefin', { next: 'https://evil.example/' })).headers.get('location')).toBe('/api/')
    const { token } = await minted(server)
    const byKey = new Visitor(server)
    await byKey.signIn(token)
    const theirs = await byKey.go('/api/')
    expect(theirs.text).not.toContain('chosen-organization')
    const sent = { _token: hidden(theirs, '_token'), organization: 'bluefin' }
    expect((await byKey.send('/browse/organization', sent)).status).toBe(403)
  })

  it('is in the first again where the chosen one is theirs no more', async () => {
    const visitor = await signedIn(person('owner'))
    const page = await visitor.go('/api/')
    await visitor.send('/browse/organization', { _token: hidden(page, '_token'), organization: 'bluefin' })
    const bluefin = `organization_id = (SELECT id FROM organization WHERE slug = 'bluefin')`
    const become = async (status: string) => {
      const mine = 'user_id = (SELECT id FROM app_user WHERE email = $2)'
      await server.app.query(`UPDATE membership SET status = $1::membership_status WHERE ${bluefin} AND ${mine}`, [
        ...[status, person('owner').email],
      ])
      await server.app.announced()
    }
    await become('disabled')
    expect(leadsOf(await visitor.go('/api/v1/users'))).toBe('4')
    await become('active')
    expect(leadsOf(await visitor.go('/api/v1/users'))).toBe('3')
  })
})

describe('GraphiQL', () => {
  const explorer = (visitor: Visitor, headers: Record<string, string> = {}) => visitor.go('/graphql', { headers })
  const tokenIn = ({ text }: Page) => /"X-Opsgraph-Page":\s*"([\w-]+)"/i.exec(text)?.[1] ?? ''
  const ask = (
    cookie: string,
    headers: Record<string, string>,
    query = '{ me { name } organizations { nodes { slug } } }',
  ) => server.request('/graphql', { method: 'POST', headers: { cookie, ...headers }, body: { query } })

  it('asks as the person who is signed in, where X-Organization says', async () => {
    const visitor = await signedIn(person('owner'))
    const page = await explorer(visitor)
    expect(page.status).toBe(200)
    expect(Object.fromEntries(page.headers)).toMatchObject({
      ...{
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'content-security-policy': "frame-ancestors 'none'",
      },
    })
    const token = tokenIn(page)
    const { cookie } = visitor
    const users = '{ me { name } users(first: 1) { totalCount } }'
    const here = await ask(cookie, { 'x-opsgraph-page': token }, users)
    expect(here.json.data).toEqual({ me: { name: person('owner').email }, users: { totalCount: 4 } })
    const there = await ask(cookie, { 'x-opsgraph-page': token, 'x-organization': 'bluefin' }, users)
    expect(there.json.data.users.totalCount).toBe(3)
    const elsewhere = await ask(cookie, { 'x-opsgraph-page': token, 'x-organization': 'canary' }, users)
    expect(elsewhere.json.errors[0].extensions.code).toBe('NOT_FOUND')
  })

  it('is a stranger’s without the token of the session, from another site, or without JSON', async () => {
    const [visitor, other] = [await signedIn(person('editor')), await signedIn(person('editor'))]
    const { cookie } = visitor
    const [mine, theirs] = [tokenIn(await explorer(visitor)), tokenIn(await explorer(other))]
    expect((await ask(cookie, {})).status).toBe(401)
    for (const token of ['', 'x', theirs]) expect((await ask(cookie, { 'x-opsgraph-page': token })).status).toBe(401)
    for (const site of ['cross-site', 'same-site'])
      expect((await ask(cookie, { 'x-opsgraph-page': mine, 'sec-fetch-site': site })).status).toBe(401)
    const form = { 'x-opsgraph-page': mine, 'content-type': 'text/plain' }
    expect((await ask(cookie, form)).status).toBe(415)
    expect((await ask(cookie, { 'x-opsgraph-page': mine, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await ask('', { 'x-opsgraph-page': mine })).status).toBe(401)
  })

  it('holds no token for a stranger, nor for who came from another site', async () => {
    expect(tokenIn(await explorer(new Visitor(server)))).toBe('')
    const visitor = await signedIn(person('editor'))
    expect(tokenIn(await explorer(visitor, { 'sec-fetch-site': 'cross-site' }))).toBe('')
    expect(tokenIn(await explorer(visitor))).not.toBe('')
  })

  it('asks no more once the session has ended', async () => {
    const visitor = await signedIn(person('editor'))
    const token = tokenIn(await explorer(visitor))
    const { cookie } = visitor
    const page = await visitor.go('/api/')
    await visitor.send('/browse/sign-out', { _token: hidden(page, '_token') })
    const answer = await ask(cookie, { 'x-opsgraph-page': token })
    expect([answer.status, answer.json.errors[0].extensions.code]).toEqual([401, 'INVALID_TOKEN'])
  })

  it.each(['</title><script>alert(1)</script>', "</script><img src=x onerror='alert(1)'>"])(
    'shows no name that is markup: %s',
    async (name) => {
      const create = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }'
      const input = { name, family: 'DASHBOARD', scopes: ['apps'] }
      const { json } = await server.graphql(create, { input }, (await minted(server)).token)
      const visitor = new Visitor(server)
      expect((await visitor.signIn(json.data.createApiKey.secret)).status).toBe(303)
      const page = await explorer(visitor)
      expect(tokenIn(page)).not.toBe('')
      expect(page.text).toContain('<title>Opsgraph</title>')
      expect(page.text).not.toContain('alert(1)')
    },
  )

  it('is gone to after signing in', async () => {
    const { headers } = await new Visitor(server).signInAs(person('editor'), '/graphql')
    expect(headers.get('location')).toBe('/graphql')
  })
})
