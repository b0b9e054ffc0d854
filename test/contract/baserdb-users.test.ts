import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openMail } from '../../src/mail/open.ts'
import { CREDENTIALS, mailServer } from '../kit/mail-server.ts'
import { type Answer, testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''

beforeAll(async () => {
  const { email, password } = server.demo.organizations[0]!.users.find(({ role }) => role === 'admin')!
  const { json } = await server.request('/api/v1/auth/login', { method: 'POST', body: { email, password } })
  key = json.data.access_token
})

const ask = (method: string, path: string, body?: unknown, as = key) =>
  server.request(`/api/v1/${path}`, { method, key: as, ...(body !== undefined && { body }) })
const stranger = (path: string, body: unknown) => server.request(`/api/v1/${path}`, { method: 'POST', body })

function failed({ status, json, headers }: Answer, wanted: number, code: string): void {
  expect(json).toEqual({
    ...{ success: false, data: null, meta: { request_id: headers.get('x-request-id') } },
    error: { code, message: expect.stringMatching(/\.$/), details: expect.any(Object) },
  })
  expect(status).toBe(wanted)
}

/** As the document invites a user. */
const OPERATOR = { email: 'operator@imagine.tech', display_name: 'Platform Operator', locale: 'en' }
const FIELDS = ['id', 'email', 'display_name', 'locale', 'role', 'status', 'created_at', 'has_second_factor']

let invited = 0
async function invite(more: object = {}): Promise<{ id: number; email: string; invitation_token: string }> {
  invited += 1
  const { status, json } = await ask('POST', 'users', { ...OPERATOR, email: `invited-${invited}@example.com`, ...more })
  expect(status).toBe(201)
  return json.data
}

const accept = (token: string, password = 'a password of theirs', more: object = {}) =>
  stranger('auth/accept-invite', { token, password, ...more })

/** Somebody who was invited and came. */
async function joined(more: object = {}) {
  const { id, email, invitation_token } = await invite(more)
  const { status, json } = await accept(invitation_token)
  expect(status).toBe(200)
  return { id, email, token: json.data.access_token as string }
}

const actionsOn = async (id: number) => {
  const rows = await server.app.query<{ action: string }>(
    `SELECT action FROM audit_event WHERE target_type = 'user' AND target_id = $1 ORDER BY id`,
    [String(id)],
  )
  return rows.map(({ action }) => action)
}

describe('POST /api/v1/users', () => {
  it('invites as the document does, and shows the token this once', async () => {
    const { status, json, headers, text } = await ask('POST', 'users', OPERATOR)
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(json).toEqual({
      ...{ success: true, error: null, meta: { request_id: headers.get('x-request-id') } },
      data: {
        ...OPERATOR,
        ...{
          id: expect.any(Number),
          role: 'readonly',
          status: 'invited',
          created_at: expect.any(String),
          has_second_factor: false,
        },
        invitation_token: expect.stringMatching(/^ogi_[0-9A-Za-z]{44}$/),
        ...{ invitation_expires_at: '2026-05-30T11:42:00Z', is_mailed: true },
      },
    })
    expect(text).not.toMatch(/"password/)
    const shown = await ask('GET', `users/${json.data.id}`)
    expect(Object.keys(shown.json.data)).toEqual(FIELDS)
    const tables = ['event', 'audit_event', 'membership', 'app_user']
    const dump = await Promise.all(tables.map((table) => server.app.query(`SELECT t::text FROM ${table} t`, [])))
    expect(JSON.stringify(dump)).not.toContain(json.data.invitation_token)
  })

  it('mails the token to the person, into the data folder where no server is named', async () => {
    const { email, invitation_token } = await invite()
    const folder = join(server.app.config.dataDir, 'mail')
    const mails = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
    const mail = mails.find((each) => each.includes(`To: ${email}`))
    expect(mail).toContain(invitation_token)
    expect(mail).toContain('Subject: You are invited to OmniForge')
  })

  it('hands it to a mail server where one is named; the inviter has it even where that does not answer', async () => {
    const { app } = server
    const { mail } = app
    const through = (port: number) =>
      openMail({ ...app.config, smtpUrl: `smtp://${CREDENTIALS}@127.0.0.1:${port}` }, app.log)
    const smtp = await mailServer()
    app.mail = through(smtp.port)
    const [{ email, invitation_token }, one] = [await invite(), smtp.received[0]]
    expect(one).toMatchObject({ to: [email], text: expect.stringContaining(invitation_token) })
    await smtp[Symbol.asyncDispose]()
    const later = await invite()
    expect(later).toMatchObject({ is_mailed: false, invitation_token: expect.stringMatching(/^ogi_/) })
    expect((await accept(later.invitation_token)).status).toBe(200)
    app.mail = mail
  })

  it('409 for somebody who is invited or belongs already', async () => {
    const { email } = await invite()
    failed(await ask('POST', 'users', { ...OPERATOR, email }), 409, 'conflict')
    failed(await ask('POST', 'users', { ...OPERATOR, email: email.toUpperCase() }), 409, 'conflict')
    failed(await ask('POST', 'users', { email: 'dana@example.com' }), 409, 'conflict')
  })

  it('invites one of many at once', async () => {
    const body = { ...OPERATOR, email: 'at-once@example.com' }
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => ask('POST', 'users', body)))).map(
      ({ status }) => status,
    )
    expect(statuses.toSorted()).toEqual([201, ...Array(7).fill(409)])
  })

  it('400 for what is no mail address, no role and no field, passwords among them', async () => {
    for (const wrong of [
      { email: 'nobody' },
      { role: 'god' },
      { locale: '!' },
      { password: 'x' },
      { organization_id: 2 },
    ])
      failed(await ask('POST', 'users', { ...OPERATOR, email: 'new@example.com', ...wrong }), 400, 'invalid_request')
  })

  it('403 without users:manage, and for a role that allows more than its giver', async () => {
    const { token: reader } = await minted(server, { scopes: ['apps'] })
    failed(await ask('POST', 'users', OPERATOR, reader), 403, 'forbidden')
    const { token: narrow } = await minted(server, { scopes: ['users:manage'] })
    failed(await ask('POST', 'users', { ...OPERATOR, email: 'x@example.com', role: 'owner' }, narrow), 403, 'forbidden')
    failed(await server.request('/api/v1/users', { method: 'POST', body: OPERATOR }), 401, 'invalid_credentials')
  })

  it('tells nothing of an account that somebody has elsewhere', async () => {
    const { email } = server.demo.organizations[1]!.users.find(({ role }) => role === 'editor')!
    const { json } = await ask('POST', 'users', { email })
    expect(json.data).toMatchObject({ display_name: email.slice(0, email.indexOf('@')), locale: 'en' })
    expect((await ask('GET', `users/${json.data.id}`)).text).not.toMatch(/CANARY-/)
  })
})

describe('POST /api/v1/auth/accept-invite', () => {
  it('begins a session of the person, who may do what their role may', async () => {
    const { id, email, invitation_token } = await invite({ role: 'editor' })
    const { status, json } = await accept(invitation_token, undefined, { display_name: 'Their Own Name' })
    expect(status).toBe(200)
    expect(json.data).toMatchObject({ token_type: 'Bearer', user: { email, display_name: 'Their Own Name' } })
    const me = await ask('GET', 'auth/me', undefined, json.data.access_token)
    expect(me.json.data).toMatchObject({ roles: ['editor'], organizations: [{ slug: 'omniforge' }] })
    expect((await ask('GET', `users/${id}`)).json.data).toMatchObject({
      status: 'active',
      display_name: 'Their Own Name',
    })
    const again = await stranger('auth/login', { email, password: 'a password of theirs' })
    expect(again.status).toBe(200)
    expect(await actionsOn(id)).toEqual(['user.invited', 'user.joined'])
  })

  it('is good for once, in time, and only as it was sent', async () => {
    const { invitation_token } = await invite()
    failed(await accept(`${invitation_token.slice(0, -1)}!`), 401, 'invalid_token')
    failed(await accept('nonsense'), 401, 'invalid_token')
    failed(await accept(invitation_token, 'short'), 400, 'invalid_request')
    const answers = await Promise.all(Array.from({ length: 5 }, () => accept(invitation_token)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    failed(await accept(invitation_token), 401, 'invalid_token')
    const late = await invite()
    await server.app.query(`UPDATE membership SET invitation_expires_at = '2026-05-01' WHERE user_id = $1`, [late.id])
    failed(await accept(late.invitation_token), 401, 'invalid_token')
    expect((await ask('POST', 'users', { ...OPERATOR, email: late.email })).status).toBe(201)
  })

  it('wants the password of an account that there is, and leaves it as it is', async () => {
    const { email, password } = server.demo.organizations[1]!.users.find(({ role }) => role === 'readonly')!
    const { invitation_token } = await invite({ email })
    failed(await accept(invitation_token, 'not their password'), 401, 'invalid_credentials')
    const { status, json } = await accept(invitation_token, password)
    expect(status).toBe(200)
    const me = await ask('GET', 'auth/me', undefined, json.data.access_token)
    expect(me.json.data.organizations.map(({ slug }: { slug: string }) => slug)).toEqual(['omniforge', 'canary'])
    expect((await stranger('auth/login', { email, password })).status).toBe(200)
  })
})

describe('GET /api/v1/users', () => {
  it('lists the people of the organization, in the envelope, page by page', async () => {
    const { status, json } = await ask('GET', 'users?limit=2')
    expect([status, json.success, json.error]).toEqual([200, true, null])
    expect(json.meta.pagination).toMatchObject({ limit: 2, next_cursor: expect.any(String) })
    for (const user of json.data) expect(Object.keys(user)).toEqual(FIELDS)
    const next = await ask('GET', `users?limit=200&cursor=${json.meta.pagination.next_cursor}`)
    expect(json.data.length + next.json.data.length).toBe(json.meta.pagination.total)
    const owners = await ask('GET', 'users?role=owner&status=active')
    expect(owners.json.data.map(({ email }: { email: string }) => email)).toEqual(['james@jamesbratton.me'])
  })

  it('404 for somebody of another organization, as for nobody', async () => {
    const id = (
      await server.app.query<{ id: number }>(
        `SELECT user_id AS id FROM membership m JOIN organization o ON o.id = m.organization_id WHERE o.slug = 'canary' ORDER BY 1 LIMIT 1`,
        [],
      )
    )[0]!.id
    for (const [method, body] of [
      ['GET', undefined],
      ['PATCH', { role: 'editor' }],
      ['DELETE', undefined],
    ] as const)
      for (const wanted of [id, 2_000_000_000]) failed(await ask(method, `users/${wanted}`, body), 404, 'not_found')
  })
})

describe('PATCH /api/v1/users/:id', () => {
  it('changes what is given, with its event and audit row, for a condition that holds', async () => {
    const { id } = await joined()
    const etag = (await ask('GET', `users/${id}`)).headers.get('etag')!
    const patch = (body: object, match: string) =>
      server.request(`/api/v1/users/${id}`, { method: 'PATCH', key, body, headers: { 'if-match': match } })
    const { status, json } = await patch({ role: 'editor', display_name: 'Renamed', locale: 'de-AT' }, etag)
    expect([status, json.data]).toMatchObject([200, { role: 'editor', display_name: 'Renamed', locale: 'de-AT' }])
    failed(await patch({ role: 'admin' }, etag), 412, 'precondition_failed')
    expect(await actionsOn(id)).toEqual(['user.invited', 'user.joined', 'user.updated'])
  })

  it('keeps the only owner, and who has not come yet as they are', async () => {
    const [owner] = (await ask('GET', 'users?role=owner')).json.data
    failed(await ask('PATCH', `users/${owner.id}`, { role: 'editor' }), 409, 'conflict')
    failed(await ask('PATCH', `users/${owner.id}`, { status: 'disabled' }), 409, 'conflict')
    failed(await ask('DELETE', `users/${owner.id}`), 409, 'conflict')
    const { id } = await invite()
    failed(await ask('PATCH', `users/${id}`, { status: 'active' }), 409, 'conflict')
    failed(await ask('PATCH', `users/${id}`, { status: 'removed' }), 400, 'invalid_request')
    failed(await ask('PATCH', `users/${id}`, { email: 'other@example.com' }), 400, 'invalid_request')
  })

  it('gives nobody a role that allows more than its giver', async () => {
    const { id } = await joined()
    const { token: narrow } = await minted(server, { scopes: ['users:manage'] })
    failed(await ask('PATCH', `users/${id}`, { role: 'admin' }, narrow), 403, 'forbidden')
    failed(await ask('DELETE', `users/${id}`, undefined, narrow), 403, 'forbidden')
  })
})

describe('DELETE /api/v1/users/:id', () => {
  it('takes the membership and the keys away, not the person nor what they did', async () => {
    const { id, email, token } = await joined({ role: 'editor' })
    const lead = await ask('POST', 'leads', { name: 'Theirs', owner_id: id }, token)
    const { json } = await server.graphql(
      'mutation { createApiKey(input: { name: "theirs", family: CLIENTST0R }) { secret } }',
      {},
      token,
    )
    expect(json.errors).toBeUndefined()
    const { secret } = json.data.createApiKey
    expect((await ask('GET', 'leads', undefined, secret)).status).toBe(200)
    const { status, json: removed } = await ask('DELETE', `users/${id}`)
    expect([status, removed.data.status]).toEqual([200, 'removed'])
    expect((await ask('GET', 'leads', undefined, token)).status).toBe(403)
    expect((await ask('GET', 'leads', undefined, secret)).status).toBe(401)
    failed(await ask('GET', `users/${id}`), 404, 'not_found')
    failed(await ask('DELETE', `users/${id}`), 404, 'not_found')
    expect((await ask('GET', `leads/${lead.json.id}`)).status).toBe(200)
    expect((await stranger('auth/login', { email, password: 'a password of theirs' })).status).toBe(200)
    const { invitation_token } = await invite({ email })
    expect((await accept(invitation_token)).status).toBe(200)
    expect((await ask('GET', 'leads', undefined, secret)).status).toBe(401)
  })
})
