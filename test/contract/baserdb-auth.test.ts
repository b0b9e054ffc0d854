import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, testServer } from '../kit/server.ts'

const server = testServer()

type Person = { email: string; password: string }
const person = (role: string): Person => server.demo.organizations[0]!.users.find((user) => user.role === role)!

/** Of the second organization: whom no other test signs in. */
const elsewhere = (role: string): Person => server.demo.organizations[1]!.users.find((user) => user.role === role)!

const post = (path: string, body?: unknown, key?: string) =>
  server.request(`/api/v1/auth/${path}`, { method: 'POST', key, ...(body !== undefined && { body }) })
const login = ({ email, password }: Person) => post('login', { email, password })
const get = (path: string, key: string, headers: Record<string, string> = {}) =>
  server.request(`/api/v1/${path}`, { key, headers })

type Tokens = { access_token: string; refresh_token: string }
async function signedIn(role: string): Promise<Tokens> {
  const { status, json } = await login(person(role))
  expect(status).toBe(200)
  return json.data
}

function failed({ status, json, headers }: Answer, wanted: number, code: string): void {
  expect([status, json.error.code]).toEqual([wanted, code])
  expect(json).toEqual({
    ...{ success: false, data: null, meta: { request_id: headers.get('x-request-id') } },
    error: { code, message: expect.stringMatching(/\.$/), details: expect.any(Object) },
  })
}

const trailOf = (action: string) =>
  server.app.query<{ organization: number; changes: unknown; actor: string; name: string }>(
    `SELECT organization_id AS organization, changes, actor_kind AS actor, actor_name AS name FROM audit_event WHERE action = $1 ORDER BY id`,
    [action],
  )

describe('POST /api/v1/auth/login', () => {
  it('answers tokens and the person, in the envelope', async () => {
    const { email, password } = person('admin')
    const { status, json, headers } = await login({ email, password })
    expect(status).toBe(200)
    expect(json).toEqual({
      ...{ success: true, error: null, meta: { request_id: headers.get('x-request-id') } },
      data: {
        access_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
        ...{ token_type: 'Bearer', expires_in: 900 },
        refresh_token: expect.stringMatching(/^ogr_[0-9A-Za-z]{44}$/),
        refresh_expires_in: 2_592_000,
        user: { id: expect.any(Number), email, display_name: 'Dana Reyes', locale: 'en' },
      },
    })
    expect(headers.get('cache-control')).toBe('no-store')
    expect(await login({ email: ` ${email.toUpperCase()} `, password })).toMatchObject({ status: 200 })
  })

  it('answers a wrong password and an unknown account alike', async () => {
    const answers = [
      await login({ email: person('editor').email, password: 'not the password' }),
      await login({ email: 'nobody@example.com', password: 'not the password' }),
    ]
    for (const answer of answers) failed(answer, 401, 'invalid_credentials')
    const [wrong, unknown] = answers.map(({ text, headers }) => text.replace(headers.get('x-request-id')!, ''))
    expect(wrong).toBe(unknown)
  })

  it('refuses what is no request of its kind', async () => {
    failed(await post('login', { email: 'a@example.com' }), 400, 'invalid_request')
    failed(await post('login', { email: 'a@example.com', password: 'x', role: 'owner' }), 400, 'invalid_request')
  })

  it('is audited in every organization of the person, without a secret', async () => {
    const { access_token, refresh_token } = await signedIn('owner')
    const rows = await trailOf('session.created')
    const own = rows.filter(({ name }) => name === person('owner').email)
    expect(new Set(own.map(({ organization }) => organization)).size).toBe(2)
    expect(own.at(-1)).toMatchObject({ actor: 'user', changes: { email: person('owner').email } })
    const dump = JSON.stringify([
      await server.app.query('SELECT * FROM event', []),
      await server.app.query('SELECT * FROM audit_event', []),
      await server.app.query('SELECT id, session.* FROM session', []),
    ])
    expect(dump).not.toContain(refresh_token)
    expect(dump).not.toContain(access_token)
  })
})

describe('a signed-in person', () => {
  it('is shown who they are, where they belong and what they may do', async () => {
    const { access_token } = await signedIn('readonly')
    const { status, json } = await get('auth/me', access_token)
    expect(status).toBe(200)
    expect(Object.keys(json.data)).toEqual([
      'user',
      'organizations',
      'roles',
      'effective_permissions',
      'has_second_factor',
    ])
    expect(json.data).toMatchObject({
      user: { email: person('readonly').email },
      organizations: [{ slug: 'omniforge', name: 'OmniForge', role: 'readonly' }],
      roles: ['readonly'],
    })
    expect(json.data.effective_permissions).toContain('leads:read')
    expect(json.data.effective_permissions).not.toContain('leads:write')
  })

  it('is accepted by the graph and by the other dialects, with the permissions of their role', async () => {
    const { access_token: key } = await signedIn('readonly')
    const { json } = await server.graphql('{ me { family name } leads(first: 1) { totalCount } }', {}, key)
    expect(json.data).toMatchObject({ me: { family: 'TOKEN', name: person('readonly').email } })
    expect(json.data.leads.totalCount).toBeGreaterThan(0)
    for (const path of ['leads', 'organizations', 'assets/', 'apps']) expect((await get(path, key)).status).toBe(200)
    const refused = await server.graphql('mutation { createLead(input: { name: "x" }) { id } }', {}, key)
    expect(refused.json.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', need: 'leads:write' })
    failed(await get('users', key), 403, 'forbidden')
  })

  it('chooses one of several organizations, by id or slug', async () => {
    const { access_token: key } = await signedIn('owner')
    const me = (await get('auth/me', key)).json.data
    expect([me.organizations.map(({ slug }: { slug: string }) => slug), me.roles]).toEqual([
      ['omniforge', 'bluefin'],
      [],
    ])
    const undecided = await get('users', key)
    failed(undecided, 400, 'invalid_request')
    expect(undecided.json.error.message).toContain('X-Organization: omniforge, bluefin')
    expect((await get('organizations', key)).json.data).toHaveLength(2)
    for (const { id, slug } of me.organizations)
      for (const name of [id, slug]) {
        const users = await get('users', key, { 'x-organization': name })
        expect(users.json.data.map(({ email }: Person) => email)).toContain(person('owner').email)
        expect(users.json.meta.pagination.total).toBe(slug === 'omniforge' ? 4 : 3)
      }
    failed(await get('users', key, { 'x-organization': 'canary' }), 404, 'not_found')
    failed(await get('users', key, { 'x-organization': 'never-was' }), 404, 'not_found')
  })

  it('reads and ends their sessions, and nobody else’s', async () => {
    const [here, there] = [await signedIn('editor'), await signedIn('editor')]
    const { json } = await get('auth/sessions', here.access_token)
    const current = json.data.find((session: { is_current: boolean }) => session.is_current)
    expect(Object.keys(current)).toEqual([
      ...['id', 'address', 'is_current', 'created_at', 'last_used_at', 'expires_at', 'revoked_at'],
    ])
    const other = (await get('auth/sessions', there.access_token)).json.data.find(
      (session: { is_current: boolean }) => session.is_current,
    )
    const end = (key: string, id: string) => server.request(`/api/v1/auth/sessions/${id}`, { method: 'DELETE', key })
    const stranger = await signedIn('admin')
    failed(await end(stranger.access_token, other.id), 404, 'not_found')
    failed(await end(stranger.access_token, '2000000000'), 404, 'not_found')
    expect((await end(here.access_token, other.id)).json.data).toMatchObject({
      id: other.id,
      revoked_at: expect.any(String),
    })
    failed(await get('auth/me', there.access_token), 401, 'invalid_token')
    failed(await post('refresh', { refresh_token: there.refresh_token }), 401, 'invalid_token')
    expect((await get('auth/me', here.access_token)).status).toBe(200)
  })

  it('who shows a key has no session', async () => {
    const key = server.key('Trusted service')
    expect((await get('auth/me', key)).json.data.organizations).toHaveLength(1)
    expect((await get('auth/sessions', key)).json.data).toEqual([])
    failed(await post('logout', undefined, key), 404, 'not_found')
  })
})

describe('the graph', () => {
  const stranger = (query: string) => server.request('/graphql', { method: 'POST', body: { query } })
  const quoted = JSON.stringify

  it('signs a stranger in, who reads on with the token', async () => {
    const { email, password } = person('admin')
    const input = `{ email: ${quoted(email)}, password: ${quoted(password)} }`
    const { json, headers } = await stranger(`mutation { login(input: ${input}) { accessToken user { email } } }`)
    expect([json.data.login.user.email, headers.get('cache-control')]).toEqual([email, 'no-store'])
    const me = await server.graphql('{ identity { roles } sessions { isCurrent } }', {}, json.data.login.accessToken)
    expect(me.json.data.identity.roles).toEqual(['ADMIN'])
    const wrong = await stranger(
      'mutation { login(input: { email: "nobody@example.com", password: "x" }) { tokenType } }',
    )
    expect(wrong.json.errors[0].extensions).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 })
  })

  it('reads no more of a stranger than signing in takes', async () => {
    const input = `{email: "nobody@example.com", password: "${'x'.repeat(20_000)}"}`
    const { status, json } = await stranger(`mutation { login(input: ${input}) { accessToken } }`)
    expect([status, json.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(json.errors[0].message).toBe('Send a key or token: Authorization: Bearer <key>.')
  })

  it('tells a stranger nothing else, and lets them try once a request', async () => {
    const login = 'login(input: { email: "nobody@example.com", password: "x" }) { tokenType }'
    for (const query of [
      '{ leads { totalCount } }',
      '{ __schema { types { name } } }',
      'mutation { logout { id } }',
      `mutation { a: ${login} b: ${login} }`,
      `mutation { ...many } fragment many on Mutation { ${login} }`,
      'nonsense',
    ]) {
      const { status, json } = await stranger(query)
      expect([status, json.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
    }
  })
})

describe('a session that is over', () => {
  const HERE = { 'x-organization': 'omniforge' }
  const works = async (key: string) => (await get('leads', key, HERE)).status

  it('fails at the next request after POST /auth/logout', async () => {
    const { access_token } = await signedIn('editor')
    expect(await works(access_token)).toBe(200)
    expect((await post('logout', undefined, access_token)).json.data.revoked_at).not.toBeNull()
    expect(await works(access_token)).toBe(401)
  })

  it('fails at the next request once the person is disabled, and a changed role counts at once', async () => {
    const { access_token: manager } = await signedIn('admin')
    const { access_token } = await signedIn('editor')
    const { id } = (await get('auth/me', access_token)).json.data.user
    const patch = (body: object) => server.request(`/api/v1/users/${id}`, { method: 'PATCH', key: manager, body })
    const write = () =>
      server.request('/api/v1/leads', { method: 'POST', key: access_token, body: { name: 'Lead' }, headers: HERE })
    expect((await write()).status).toBe(201)
    expect((await patch({ role: 'readonly' })).status).toBe(200)
    expect((await write()).status).toBe(403)
    expect((await patch({ role: 'editor' })).status).toBe(200)
    expect((await write()).status).toBe(201)
    expect((await patch({ status: 'disabled' })).json.data.status).toBe('disabled')
    expect(await works(access_token)).toBe(404)
    expect((await patch({ status: 'active' })).status).toBe(200)
    expect(await works(access_token)).toBe(200)
    await server.app.query(`UPDATE app_user SET status = 'disabled' WHERE id = $1`, [id])
    await server.app.announced()
    expect(await works(access_token)).toBe(401)
    failed(await login(person('editor')), 401, 'invalid_credentials')
    await server.app.query(`UPDATE app_user SET status = 'active' WHERE id = $1`, [id])
    await server.app.announced()
  })

  it('ends with the password that it was begun by, but for the one that changes it', async () => {
    const [here, there] = [await signedIn('readonly'), await signedIn('readonly')]
    const { email, password } = person('readonly')
    const change = (current: string, chosen: string) => post('password', { current, new: chosen }, here.access_token)
    failed(await change('not the password', 'another password'), 401, 'invalid_credentials')
    failed(await change(password, 'short'), 400, 'invalid_request')
    expect((await change(password, 'another password')).json.data.email).toBe(email)
    expect(await works(there.access_token)).toBe(401)
    expect(await works(here.access_token)).toBe(200)
    failed(await login({ email, password }), 401, 'invalid_credentials')
    expect((await login({ email, password: 'another password' })).status).toBe(200)
    expect((await change('another password', password)).status).toBe(200)
    expect(await trailOf('account.password_changed')).toHaveLength(2)
  })
})

describe('POST /api/v1/auth/refresh', () => {
  const refresh = (refresh_token: string) => post('refresh', { refresh_token })

  it('answers the next pair, and the old token ends the session', async () => {
    const first = await signedIn('admin')
    const second = (await refresh(first.refresh_token)).json.data
    expect(Object.keys(second)).toEqual([
      ...['access_token', 'token_type', 'expires_in', 'refresh_token', 'refresh_expires_in', 'user'],
    ])
    expect((await get('auth/me', second.access_token)).status).toBe(200)
    failed(await refresh(first.refresh_token), 401, 'token_reused')
    failed(await refresh(second.refresh_token), 401, 'invalid_token')
    failed(await get('auth/me', second.access_token), 401, 'invalid_token')
    failed(await refresh(first.refresh_token), 401, 'token_reused')
    expect(await trailOf('session.reused')).toHaveLength(1)
  })

  it('has one successor among fifty at once', async () => {
    const { refresh_token } = await signedIn('admin')
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)))
    const statuses = answers.map(({ status, json }) => json.error?.code ?? status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 'token_reused')).toHaveLength(49)
  })

  it('believes nothing that was not handed out', async () => {
    const { refresh_token } = await signedIn('admin')
    for (const wrong of ['', 'x', refresh_token.slice(0, -1), `${refresh_token.slice(0, -1)}!`, 'x'.repeat(200)])
      failed(await refresh(wrong), 401, 'invalid_token')
    expect((await refresh(refresh_token)).status).toBe(200)
  })
})

describe('an access token', () => {
  let token = ''
  let header: Record<string, string>
  let payload: Record<string, unknown>
  const part = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString())
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

  beforeAll(async () => {
    token = (await signedIn('admin')).access_token
    header = part(token.split('.')[0]!)
    payload = part(token.split('.')[1]!)
  })

  const published = async (): Promise<(JWK & { kid: string })[]> =>
    (await server.request('/.well-known/jwks.json')).json.keys

  const refused = async (forged: string) => failed(await get('auth/me', forged), 401, 'invalid_token')

  it('is signed by Ed25519 with a key that is published', async () => {
    expect(header).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: expect.any(String) })
    expect(payload).toMatchObject({
      iss: 'opsgraph',
      aud: 'opsgraph',
      sub: expect.any(String),
      sid: expect.any(String),
    })
    const keys = await published()
    expect(keys.find(({ kid }) => kid === header.kid)).toEqual({
      ...{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: header.kid, x: expect.any(String) },
    })
  })

  it('is refused without a signature, with another one, and with what it says changed', async () => {
    const [head, body, signature] = token.split('.') as [string, string, string]
    await refused(`${encoded({ ...header, alg: 'none' })}.${body}.`)
    await refused(`${encoded({ ...header, alg: 'none' })}.${body}.${signature}`)
    await refused(`${head}.${encoded({ ...payload, sub: '1' })}.${signature}`)
    await refused(`${head}.${body}.${signature.slice(0, -4)}AAAA`)
    await refused(`${head}.${body}.`)
  })

  it('is refused by HS256 with the public key as its secret', async () => {
    const [jwk] = await published()
    const spki = await exportSPKI((await importJWK(jwk!, 'EdDSA', { extractable: true })) as never)
    for (const secret of [spki, jwk!.x!, JSON.stringify(jwk)]) {
      const forged = new SignJWT(payload).setProtectedHeader({ ...header, alg: 'HS256' })
      await refused(await forged.sign(new TextEncoder().encode(secret)))
    }
  })

  it('is refused by another algorithm with a key of its own, and with a key that is named by a path or an address', async () => {
    const { privateKey: rsa } = await generateKeyPair('RS256')
    await refused(await new SignJWT(payload).setProtectedHeader({ ...header, alg: 'RS256' }).sign(rsa))
    const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' })
    const empty = new TextEncoder().encode('\0')
    for (const kid of [
      '/dev/null',
      '../../../../dev/null',
      "' OR 1 = 1 --",
      'https://evil.example/keys',
      '',
      '__proto__',
    ]) {
      await refused(await new SignJWT(payload).setProtectedHeader({ ...header, kid, alg: 'EdDSA' }).sign(privateKey))
      await refused(await new SignJWT(payload).setProtectedHeader({ ...header, kid, alg: 'HS256' }).sign(empty))
    }
    const jku = 'https://evil.example/keys'
    await refused(await new SignJWT(payload).setProtectedHeader({ ...header, jku, alg: 'EdDSA' }).sign(privateKey))
  })

  it('is refused by a key of somebody else, whatever it is called', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
    const sign = (more: object) =>
      new SignJWT(payload).setProtectedHeader({ ...header, ...more, alg: 'EdDSA' }).sign(privateKey)
    await refused(await sign({}))
    await refused(await sign({ kid: 'another' }))
    await refused(await sign({ jwk: await exportJWK(publicKey) }))
    await refused(await sign({ kid: undefined }))
  })

  it('is refused as another type, for another audience, from another issuer, or when it is over', async () => {
    const { key } = await server.app.signingKeys.current()
    const sign = (claims: object, more: object = {}) =>
      new SignJWT({ ...payload, ...claims }).setProtectedHeader({ ...header, alg: 'EdDSA', ...more }).sign(key)
    expect((await get('auth/me', await sign({}))).status).toBe(200)
    await refused(await sign({}, { typ: 'JWT' }))
    await refused(await sign({}, { typ: undefined }))
    await refused(await sign({ aud: 'another' }))
    await refused(await sign({ iss: 'another' }))
    await refused(await sign({ exp: Number(payload.iat) - 1 }))
    await refused(await sign({ sid: undefined }))
    await refused(await sign({ sub: '999999' }))
    await refused(await sign({ sid: '999999' }))
  })

  it('is believed after a rotation with overlap, and not after one without', async () => {
    await server.app.signingKeys.rotate(600)
    const next = (await signedIn('admin')).access_token
    expect(part(next.split('.')[0]!).kid).not.toBe(header.kid)
    expect((await get('auth/me', token)).status).toBe(200)
    expect(await published()).toHaveLength(2)
    await server.app.signingKeys.rotate(0)
    await server.app.announced()
    await refused(next)
    expect((await get('auth/me', (await signedIn('admin')).access_token)).status).toBe(200)
  })

  it('keeps its private keys sealed', async () => {
    const rows = await server.app.query<{ row: string }>('SELECT signing_key::text AS row FROM signing_key', [])
    expect(rows.length).toBeGreaterThan(0)
    for (const { row } of rows) expect(row).not.toMatch(/"d"/)
  })
})

describe('limits', () => {
  it('stop guessing at an account, known or not, and tell when to come back', async () => {
    for (const email of ['guessed@example.com', elsewhere('admin').email]) {
      for (let i = 0; i < 10; i += 1) expect((await login({ email, password: `guess ${i}` })).status).toBe(401)
      const answer = await login({ email, password: 'guess' })
      failed(answer, 429, 'rate_limited')
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
  })

  it('stop one address that tries many accounts', async () => {
    const tries = Array.from({ length: 110 }, (_, i) => login({ email: `${i}@example.com`, password: 'guess' }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(5)
  })
})
