import { beforeEach, describe, expect, it } from 'vitest'
import { useRecoveryCode } from '../../src/accounts/second-factor/recovery-code.ts'
import { publicContext } from '../../src/context.ts'
import { Envelope, masterKey } from '../../src/core/envelope.ts'
import { rewrapAll } from '../../src/vault/rewrap.ts'
import { unknownKeys } from '../../src/vault/unknown-keys.ts'
import { MASTER_KEY } from '../kit/app.ts'
import { codeOf, type Enrolled, enrol, passSteps } from '../kit/authenticator.ts'
import { type Answer, testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()

type Person = { id: number; email: string; password: string }
const PASSWORD = 'a password of theirs'

const ask = (method: string, path: string, key?: string, body?: unknown) =>
  server.request(`/api/v1/${path}`, { method, key, ...(body !== undefined && { body }) })
const post = (path: string, body: unknown, key?: string) => ask('POST', `auth/${path}`, key, body)
const login = ({ email, password }: Omit<Person, 'id'>, code?: string) =>
  post('login', { email, password, ...(code !== undefined && { code }) })

function failed({ status, json, headers }: Answer, wanted: number, code: string): void {
  expect([status, json.error?.code]).toEqual([wanted, code])
  expect(json).toEqual({
    ...{ success: false, data: null, meta: { request_id: headers.get('x-request-id') } },
    error: { code, message: expect.stringMatching(/\.$/), details: expect.any(Object) },
  })
}

const managing = async (organization: 0 | 1 = 0) => (await minted(server, { organization })).token

let invited = 0
/** Somebody of the first organization whom no other test knows. */
async function somebody(role = 'editor', organization: 0 | 1 = 0): Promise<Person> {
  invited += 1
  const email = `somebody-${invited}@example.com`
  const invitation = await ask('POST', 'users', await managing(organization), { email, role })
  expect(invitation.status).toBe(201)
  const { id, invitation_token: token } = invitation.json.data
  expect((await post('accept-invite', { token, password: PASSWORD })).status).toBe(200)
  return { id, email, password: PASSWORD }
}

const trailOf = async (id: number) => {
  const rows = await server.app.query<{ action: string }>(
    `SELECT action FROM audit_event WHERE target_type = 'account' AND target_id = $1 ORDER BY id`,
    [String(id)],
  )
  return rows.map(({ action }) => action)
}

const state = async (token: string) => (await ask('GET', 'auth/second-factor', token)).json.data

describe('a second factor', () => {
  it('is shown once, and in force when its first code was shown', async () => {
    const person = await somebody()
    const { access_token: token } = (await login(person)).json.data
    expect(await state(token)).toEqual({ is_enabled: false, confirmed_at: null, recovery_codes_left: 0 })
    const begun = await post('second-factor', { password: PASSWORD }, token)
    expect([begun.status, begun.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(begun.json.data).toEqual({
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      uri: `otpauth://totp/Opsgraph:${person.email.replace('@', '%40')}?issuer=Opsgraph&secret=${begun.json.data.secret}&algorithm=SHA1&digits=6&period=30`,
    })
    expect((await login(person)).status).toBe(200)
    failed(await post('second-factor/confirm', { code: '000000' }, token), 400, 'invalid_request')
    const code = codeOf(server, begun.json.data.secret)
    const confirmed = await post('second-factor/confirm', { code: `${code.slice(0, 3)} ${code.slice(3)}` }, token)
    expect([confirmed.status, confirmed.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const { recovery_codes } = confirmed.json.data
    expect(recovery_codes).toHaveLength(10)
    for (const each of recovery_codes) expect(each).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/)
    expect(new Set(recovery_codes).size).toBe(10)
    expect(await state(token)).toEqual({ is_enabled: true, confirmed_at: expect.any(String), recovery_codes_left: 10 })
    failed(await login(person), 401, 'second_factor_required')
    expect(await trailOf(person.id)).toEqual(['account.second_factor_begun', 'account.second_factor_added'])
  })

  it('is kept sealed, and recovery codes as hashes: nothing of either is in a dump', async () => {
    const person = await somebody()
    const { secret, recoveryCodes } = await enrol(server, person)
    const tables = ['second_factor', 'recovery_code', 'event', 'audit_event', 'membership', 'app_user']
    const dump = await Promise.all(tables.map((table) => server.app.query(`SELECT t::text FROM ${table} t`, [])))
    const text = JSON.stringify(dump)
    expect(text).not.toContain(secret)
    expect(text).not.toContain(Buffer.from(secret).toString('hex'))
    for (const code of recoveryCodes) expect(text).not.toContain(code)
  })

  it('cannot be opened under another row’s place', async () => {
    const [one, other] = [await somebody(), await somebody()]
    const { secret } = await enrol(server, one)
    await enrol(server, other)
    await server.app.query(
      `UPDATE second_factor mine SET secret = theirs.secret, wrapped_key = theirs.wrapped_key FROM second_factor theirs
       WHERE mine.user_id = $1 AND theirs.user_id = $2`,
      [other.id, one.id],
    )
    const broken = await login(other, codeOf(server, secret))
    failed(broken, 500, 'internal_error')
    expect(broken.json.error.details).toEqual({})
    expect(broken.text).not.toMatch(/second_factor|cannot be opened/)
    expect((await login(one, codeOf(server, secret))).status).toBe(200)
    await server.app.query('DELETE FROM second_factor WHERE user_id = $1', [other.id])
  })

  it('takes the password to begin, to renew and to take away', async () => {
    const person = await somebody()
    const { token } = await enrol(server, person)
    for (const path of ['second-factor', 'second-factor/recovery-codes', 'second-factor/disable']) {
      failed(await post(path, { password: 'not the password' }, token), 401, 'invalid_credentials')
      failed(await post(path, {}, token), 400, 'invalid_request')
    }
    expect((await state(token)).is_enabled).toBe(true)
    const removed = await post('second-factor/disable', { password: PASSWORD }, token)
    expect(removed.json.data).toEqual({ is_enabled: false, confirmed_at: null, recovery_codes_left: 0 })
    expect((await login(person)).status).toBe(200)
    for (const path of ['second-factor/disable', 'second-factor/recovery-codes'])
      failed(await post(path, { password: PASSWORD }, token), 409, 'conflict')
    failed(await post('second-factor/confirm', { code: '000000' }, token), 409, 'conflict')
    expect((await trailOf(person.id)).at(-1)).toBe('account.second_factor_removed')
  })

  it('stays in force until another one has shown its code', async () => {
    const person = await somebody()
    const { token, secret } = await enrol(server, person)
    const next = (await post('second-factor', { password: PASSWORD }, token)).json.data.secret
    failed(await login(person, codeOf(server, next)), 401, 'second_factor_invalid')
    expect((await login(person, codeOf(server, secret))).status).toBe(200)
    expect((await post('second-factor/confirm', { code: codeOf(server, next) }, token)).status).toBe(200)
    passSteps(server)
    failed(await login(person, codeOf(server, secret)), 401, 'second_factor_invalid')
    expect((await login(person, codeOf(server, next))).status).toBe(200)
  })

  it('that is not confirmed within an hour has to be begun again', async () => {
    const person = await somebody()
    const { access_token: token } = (await login(person)).json.data
    const { secret } = (await post('second-factor', { password: PASSWORD }, token)).json.data
    await server.app.query(
      `UPDATE second_factor SET created_at = created_at - interval '61 minutes' WHERE user_id = $1`,
      [person.id],
    )
    failed(await post('second-factor/confirm', { code: codeOf(server, secret) }, token), 409, 'conflict')
    await enrol(server, person)
  })

  it('is nobody’s who shows a key', async () => {
    const key = await managing()
    expect(await state(key)).toEqual({ is_enabled: false, confirmed_at: null, recovery_codes_left: 0 })
    failed(await post('second-factor', { password: PASSWORD }, key), 404, 'not_found')
    failed(await post('second-factor/confirm', { code: '000000' }, key), 404, 'not_found')
  })
})

describe('log-in with a second factor', () => {
  let person: Person
  let theirs: Enrolled
  beforeEach(async () => {
    person = await somebody()
    theirs = await enrol(server, person)
  })

  it('tells a wrong password and an unknown account nothing of it, with a code or without', async () => {
    const answers = [
      await login({ ...person, password: 'not the password' }),
      await login({ ...person, password: 'not the password' }, codeOf(server, theirs.secret)),
      await login({ email: 'nobody@example.com', password: 'not the password' }, '123456'),
    ]
    for (const answer of answers) failed(answer, 401, 'invalid_credentials')
    const texts = answers.map(({ text, headers }) => text.replace(headers.get('x-request-id')!, ''))
    expect(new Set(texts).size).toBe(1)
  })

  it('takes the code of now, and the one before and after it, each once', async () => {
    for (const steps of [-2, 2])
      failed(await login(person, codeOf(server, theirs.secret, steps)), 401, 'second_factor_invalid')
    passSteps(server)
    for (const steps of [-1, 0, 1]) {
      const code = codeOf(server, theirs.secret, steps)
      expect((await login(person, code)).status).toBe(200)
      failed(await login(person, code), 401, 'second_factor_invalid')
    }
  })

  it('takes no code that is older than the last one', async () => {
    const [before, now] = [codeOf(server, theirs.secret, -1), codeOf(server, theirs.secret)]
    expect((await login(person, now)).status).toBe(200)
    failed(await login(person, before), 401, 'second_factor_invalid')
  })

  it('lets one in of many who show one code at once', async () => {
    const code = codeOf(server, theirs.secret)
    const answers = await Promise.all(Array.from({ length: 5 }, () => login(person, code)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401])
  })

  it('takes a recovery code once, however it is typed, and tells so', async () => {
    const [first, second] = theirs.recoveryCodes as [string, string]
    expect((await login(person, ` ${first.replaceAll('-', ' ').toUpperCase()} `)).status).toBe(200)
    failed(await login(person, first), 401, 'second_factor_invalid')
    expect((await state(theirs.token)).recovery_codes_left).toBe(9)
    expect((await trailOf(person.id)).at(-1)).toBe('account.recovery_code_used')
    const renewed = await post('second-factor/recovery-codes', { password: PASSWORD }, theirs.token)
    expect([renewed.status, renewed.json.data.recovery_codes.length]).toEqual([200, 10])
    failed(await login(person, second), 401, 'second_factor_invalid')
    expect((await login(person, renewed.json.data.recovery_codes[0])).status).toBe(200)
  })

  it('takes nobody else’s recovery code', async () => {
    const other = await enrol(server, await somebody())
    failed(await login(person, other.recoveryCodes[0]), 401, 'second_factor_invalid')
    expect((await state(other.token)).recovery_codes_left).toBe(10)
  })

  it('stops guessing, also for who knows the password, until somebody has signed in', async () => {
    for (let i = 0; i < 5; i += 1) failed(await login(person, '000000'), 401, 'second_factor_invalid')
    const answer = await login(person, codeOf(server, theirs.secret))
    failed(answer, 429, 'rate_limited')
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('is the same in the graph', async () => {
    const signIn = (code: string) => {
      const input = `{email: "${person.email}", password: "${PASSWORD}"${code && `, code: "${code}"`}}`
      return server.request('/graphql', {
        method: 'POST',
        body: { query: `mutation { login(input: ${input}) { accessToken } }` },
      })
    }
    const refused = await signIn('')
    expect(refused.json.errors[0].extensions).toMatchObject({
      ...{ code: 'UNAUTHENTICATED', reason: 'second_factor_required' },
    })
    expect((await signIn(codeOf(server, theirs.secret))).json.data.login.accessToken).toMatch(/^eyJ/)
  })

  it('is asked for by an invitation that would begin a session of the account', async () => {
    const invitation = await ask('POST', 'users', await managing(1), { email: person.email })
    const { id, invitation_token: token, has_second_factor } = invitation.json.data
    expect(has_second_factor).toBe(false)
    const accept = (code?: string) => post('accept-invite', { token, password: PASSWORD, ...(code && { code }) })
    expect((await ask('GET', `users/${id}`, await managing(1))).json.data.has_second_factor).toBe(false)
    failed(await accept(), 401, 'second_factor_required')
    failed(await accept('000000'), 401, 'second_factor_invalid')
    expect((await accept(codeOf(server, theirs.secret))).status).toBe(200)
    expect((await ask('GET', `users/${id}`, await managing(1))).json.data.has_second_factor).toBe(true)
  })
})

it('fifty who use one recovery code at once have one success between them', async () => {
  const person = await somebody()
  const { recoveryCodes } = await enrol(server, person)
  const code = recoveryCodes[0]!.replaceAll('-', '')
  const { everybody } = publicContext(server.app, { requestId: 'test', address: 'test' })
  const used = await Promise.all(
    Array.from({ length: 50 }, () => everybody((tx) => useRecoveryCode(tx, person.id, code))),
  )
  expect(used.filter(Boolean)).toHaveLength(1)
})

describe('who may see it and take it away', () => {
  it('GET /auth/me and the list of users show who has one, and the list is filtered by it', async () => {
    const person = await somebody()
    const me = async (token: string) => (await ask('GET', 'auth/me', token)).json.data.has_second_factor
    const { token } = await enrol(server, person)
    expect(await me(token)).toBe(true)
    const key = await managing()
    expect((await ask('GET', `users/${person.id}`, key)).json.data.has_second_factor).toBe(true)
    const having = await server.graphql(
      '{ users(filter: { hasSecondFactor: { eq: true } }, first: 200) { nodes { id hasSecondFactor } } }',
      {},
      key,
    )
    const nodes: { id: string; hasSecondFactor: boolean }[] = having.json.data.users.nodes
    expect(nodes.map(({ id }) => id)).toContain(String(person.id))
    expect(nodes.every(({ hasSecondFactor }) => hasSecondFactor)).toBe(true)
    const { token: reader } = await minted(server, { scopes: ['leads:read'] })
    const asked = await server.graphql('{ me { user { hasSecondFactor } } }', {}, reader)
    expect(asked.json.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', need: 'users:manage' })
  })

  const reset = (id: number, key: string) => ask('POST', `users/${id}/second-factor/reset`, key)

  it('who manages users resets somebody’s, which is audited as theirs', async () => {
    const person = await somebody()
    await enrol(server, person)
    const { status, json } = await reset(person.id, await managing())
    expect([status, json.data]).toMatchObject([200, { id: person.id, email: person.email, has_second_factor: false }])
    expect((await login(person)).status).toBe(200)
    const [row] = await server.app.query<{ actor: string; name: string }>(
      `SELECT actor_kind AS actor, actor_name AS name FROM audit_event WHERE action = 'account.second_factor_reset' AND target_id = $1`,
      [String(person.id)],
    )
    expect(row).toMatchObject({ actor: 'key' })
    failed(await reset(person.id, await managing()), 409, 'conflict')
  })

  it('nobody else does, nobody their own, and nobody that of somebody elsewhere', async () => {
    const admin = await somebody('admin')
    const { token } = await enrol(server, admin)
    failed(await reset(admin.id, token), 403, 'forbidden')
    const editor = await somebody()
    const theirs = await enrol(server, editor)
    failed(await reset(admin.id, theirs.token), 403, 'forbidden')
    failed(await reset(admin.id, await managing(1)), 404, 'not_found')
    failed(await reset(2_000_000_000, await managing(1)), 404, 'not_found')
    const { token: narrow } = await minted(server, { scopes: ['users:manage'] })
    failed(await reset(admin.id, narrow), 403, 'forbidden')
  })

  it('one organization does not decide for another that the person belongs to', async () => {
    const person = await somebody()
    const { secret } = await enrol(server, person)
    const invitation = await ask('POST', 'users', await managing(1), { email: person.email })
    failed(await reset(person.id, await managing(1)), 409, 'conflict')
    const accepted = { token: invitation.json.data.invitation_token, password: PASSWORD, code: codeOf(server, secret) }
    expect((await post('accept-invite', accepted)).status).toBe(200)
    for (const organization of [0, 1] as const)
      failed(await reset(person.id, await managing(organization)), 403, 'forbidden')
    expect((await ask('DELETE', `users/${person.id}`, await managing(1))).status).toBe(200)
    const left = await server.app.query<{ has: boolean }>(
      `SELECT has_second_factor AS has FROM membership WHERE user_id = $1 ORDER BY organization_id`,
      [person.id],
    )
    expect(left).toEqual([{ has: true }, { has: false }])
    passSteps(server)
    failed(await login(person), 401, 'second_factor_required')
  })
})

it('its secret is rewrapped for another master key with everything that is sealed', async () => {
  const person = await somebody()
  const { secret } = await enrol(server, person)
  const [mine, next] = [masterKey(MASTER_KEY), masterKey(Buffer.alloc(32, 9).toString('base64'))]
  const rewrapped = (envelope: Envelope) =>
    rewrapAll({ query: server.app.query, envelope, batch: 2, progress: () => {} })
  const alone = { query: server.app.query, envelope: new Envelope(next) }
  expect((await unknownKeys(alone)).map(({ keyId }) => keyId)).toEqual([mine.id])
  expect((await rewrapped(new Envelope(next, [mine]))).unknown).toBe(0)
  expect(await unknownKeys(alone)).toEqual([])
  expect((await login(person, codeOf(server, secret))).status).toBe(500)
  await rewrapped(new Envelope(mine, [next]))
  expect((await login(person, codeOf(server, secret))).status).toBe(200)
})
