import { describe, expect, test } from 'vitest'
import { AppError } from '../core/errors.ts'
import type { DialectName } from '../core/rest.ts'
import { asker, openRest } from './fixture/rest.ts'

const rest = openRest()
const ask = asker(rest)

describe('dashboard', () => {
  test('prints money with its exact decimals, enums as their values, ids as numbers', async () => {
    const { body } = await ask('GET', '/api/v1/droplets')
    expect(body).toBe(
      '{"count":1,"totalMonthlyEstimate":144.00,"droplets":[{"id":12345678,"name":"web","monthlyCost":48.00,"category":"branch_protection"}]}',
    )
  })

  test('takes the arguments of the field as query parameters', async () => {
    expect((await ask('GET', '/api/v1/droplets?category=secret')).json).toMatchObject({ count: 0 })
    expect((await ask('GET', '/api/v1/droplets?category=branch_protection&limit=1')).json).toMatchObject({ count: 1 })
    expect((await ask('GET', '/api/v1/droplets?limit=0')).json).toMatchObject({ count: 0 })
    expect((await ask('GET', '/api/v1/droplets?summary=1')).json).toMatchObject({ summary: 'in short' })
  })

  test('leaves out what has nothing to show, where the route says so', async () => {
    expect((await ask('GET', '/api/v1/droplets')).json).not.toHaveProperty('warning')
    expect((await ask('GET', '/api/v1/droplets?limit=0')).json).toMatchObject({ warning: 'Nothing matches.' })
  })

  test.each([
    ['limit=abc', 'limit: Must be a whole number between -2147483648 and 2147483647.'],
    ['limit=1e30', 'limit: Must be a whole number between -2147483648 and 2147483647.'],
    ['limit=1&limit=2', 'limit: Given more than once; give it once.'],
    ['category=nope', 'category: Must be one of branch_protection, secret.'],
    ['colour=red', 'colour: Unknown parameter; the valid ones are category, cursorAfter, limit, severity, summary.'],
    ['cursorAfter=%00', 'cursorAfter: Must not contain NUL characters or unpaired surrogates.'],
  ])('refuses ?%s in a sentence', async (query, error) => {
    const { status, json } = await ask('GET', `/api/v1/droplets?${query}`)
    expect([status, json]).toEqual([400, { error, code: 'invalid_request', requestId: 'req-1' }])
  })

  test("lists everything at once under the resource's name, or pages with a Link", async () => {
    const all = await ask('GET', '/api/v1/notes')
    expect(all.json).toEqual({ count: 3, averageLength: 2.1, notes: [1, 2, 3].map((id) => ({ id, title: `n${id}` })) })
    expect(all.headers.link).toBeUndefined()
    const page = await ask('GET', '/api/v1/notes?limit=2')
    expect(page.headers.link).toBe('<https://ops.example.org/api/v1/notes?limit=2&cursor=2>; rel="next"')
    expect((await ask('GET', '/api/v1/notes?limit=2&cursor=2')).json).toMatchObject({ count: 1, notes: [{ id: 3 }] })
  })
})

describe('devsphere', () => {
  test('lists under data with the total and a cursor', async () => {
    const { json } = await ask('GET', '/api/v1/leads?limit=2')
    expect(json).toEqual({
      data: ['1', '2'].map((id) => ({
        id: Number(id),
        email: `lead${id}@example.com`,
        score: '12.50',
        issued_on: '2026-05-23',
      })),
      count: 130,
      next_cursor: '2',
    })
    expect((await ask('GET', '/api/v1/leads?cursor=129')).json).toMatchObject({
      data: [{ id: 130 }],
      next_cursor: null,
    })
    expect((await ask('GET', '/api/v1/leads?status=new')).json).toMatchObject({ count: 65 })
  })

  test('keeps what a route fixes, whatever the caller filters, and forgets what a caller filtered', async () => {
    expect((await ask('GET', '/api/v1/leads/lost')).json).toMatchObject({ count: 65 })
    expect((await ask('GET', '/api/v1/leads/lost?status_in=new')).json).toMatchObject({ count: 0 })
    expect((await ask('GET', '/api/v1/leads/lost?limit=2')).json).toMatchObject({
      count: 65,
      data: [{ id: 1 }, { id: 3 }],
    })
  })

  test('names the parameter where a resolver refuses its argument', async () => {
    const { json } = await ask('GET', '/api/v1/leads?cursor=strange')
    expect(json).toEqual({ error: 'invalid_request', fields: { cursor: ['Must be a cursor.'] } })
  })

  test.each([['201'], ['0'], ['-1'], ['many'], ['1.5']])('refuses limit=%s and names the bound', async (limit) => {
    const { status, json } = await ask('GET', `/api/v1/leads?limit=${limit}`)
    expect([status, json]).toEqual([
      400,
      { error: 'invalid_request', fields: { limit: ['Must be a whole number from 1 to 200.'] } },
    ])
  })

  test("refuses a date that is none, in the scalar's own words", async () => {
    const { json } = await ask('GET', '/api/v1/leads?issued_from=yesterday')
    expect(json).toEqual({ error: 'invalid_request', fields: { issued_from: ['Must be a date, "2026-05-23".'] } })
  })

  test('says in one word what is wrong with a credential', async () => {
    const signedOut = await ask('GET', '/api/v1/leads', { seen: ['signedOut'] })
    expect([signedOut.status, signedOut.json, signedOut.headers['www-authenticate']]).toEqual([
      401,
      { error: 'invalid_api_key' },
      'Bearer',
    ])
    const scopeless = await ask('GET', '/api/v1/leads', { seen: ['scopeless'] })
    expect([scopeless.status, scopeless.body]).toEqual([403, '{"error":"insufficient_scope","need":"leads:read"}'])
    expect(scopeless.headers['www-authenticate']).toBe('Bearer error="insufficient_scope", scope="leads:read"')
  })

  test('keeps the cause of a bug from the caller and gives it to the log', async () => {
    const { status, body, cause } = await ask('GET', '/api/v1/leads', { seen: ['bug'] })
    expect([status, body]).toEqual([500, '{"error":"internal_error"}'])
    expect(cause).toMatchObject({ message: 'password=hunter2' })
  })

  test('refuses unknown keys of a body and names the valid ones', async () => {
    const { status, json } = await ask('POST', '/api/v1/leads', {
      body: { email: 'a@example.com', organization_id: 2 },
    })
    expect([status, json]).toEqual([
      400,
      { error: 'invalid_request', fields: { organization_id: ['Unknown field; the valid ones are email, score.'] } },
    ])
  })

  test('takes money as text and as a number', async () => {
    for (const score of ['7.25', 7.25])
      expect((await ask('POST', '/api/v1/leads', { body: { email: 'a@example.com', score } })).json).toMatchObject({
        score: '7.25',
      })
  })
})

describe('baserdb', () => {
  const meta = { request_id: 'req-1' }

  test('puts every success into the envelope', async () => {
    const run = { id: 1, started_at: '1970-01-01T00:00:00.000Z', finished_at: null }
    expect((await ask('GET', '/api/v1/backups/runs/1')).json).toEqual({ success: true, data: run, meta, error: null })
    expect((await ask('GET', '/api/v1/backups/runs?limit=1')).json).toEqual({
      success: true,
      data: [run],
      meta: { ...meta, pagination: { limit: 1, next_cursor: '1', total: 3 } },
      error: null,
    })
  })

  test('answers 202 to what it has only queued', async () => {
    expect(await ask('POST', '/api/v1/backups/runs')).toMatchObject({ status: 202, json: { data: { id: 4 } } })
  })

  test('reads the arguments of a mutation from the body', async () => {
    const signedIn = await ask('POST', '/api/v1/auth/login', { body: { email: 'o@example.com', password: 'pw' } })
    expect(signedIn).toMatchObject({ status: 200, json: { data: { access_token: 't', expires_in: 900 } } })
    expect(signedIn.headers['cache-control']).toBe('no-store')
    expect(rest.match('POST', '/api/v1/auth/login')).toMatchObject({ kind: 'route', public: true })
  })

  test('puts every failure into the envelope', async () => {
    const wrong = await ask('POST', '/api/v1/auth/login', { body: { email: 'o@example.com', password: 'no' } })
    const error = { code: 'invalid_credentials', message: 'Wrong address or password.', details: {} }
    expect([wrong.status, wrong.json]).toEqual([401, { success: false, data: null, meta, error }])
    const missing = await ask('POST', '/api/v1/auth/login', { body: { email: 'o@example.com' } })
    expect(missing.json).toMatchObject({
      error: { code: 'invalid_request', details: { fields: { password: ['This field is required.'] } } },
    })
    expect((await ask('GET', '/api/v1/backups/runs/2')).json).toMatchObject({
      success: false,
      error: { code: 'not_found' },
    })
  })
})

describe('a refusal from outside the routes', () => {
  const throttled = new AppError('RATE_LIMITED', 'Too many requests; wait 7 seconds.', { retryAfter: 7 })
  const invalidToken = new AppError('INVALID_TOKEN', 'The credential is not valid.')
  const context = { requestId: 'r' }

  test.each<[DialectName, unknown]>([
    ['dashboard', { error: 'Too many requests; wait 7 seconds.', code: 'rate_limited', requestId: 'r' }],
    ['devsphere', { error: 'rate_limited' }],
    ['clientst0r', { detail: 'Request was throttled. Expected available in 7 seconds.' }],
    [
      'baserdb',
      {
        success: false,
        data: null,
        meta: { request_id: 'r' },
        error: { code: 'rate_limited', message: 'Too many requests; wait 7 seconds.', details: { retry_after: 7 } },
      },
    ],
  ])('has the shape of %s', (dialect, body) => {
    const answer = rest.fail(dialect, throttled, context)
    expect([answer.status, JSON.parse(String(answer.body)), answer.headers['retry-after']]).toEqual([429, body, '7'])
  })

  test('says invalid_token where the credential was wrong', () => {
    const answer = rest.fail('clientst0r', invalidToken, context)
    expect([answer.headers['www-authenticate'], answer.body]).toEqual([
      'Bearer error="invalid_token"',
      '{"detail":"Invalid token."}',
    ])
    expect(rest.fail('devsphere', invalidToken, context).body).toBe('{"error":"invalid_api_key"}')
  })

  test.each(['dashboard', 'devsphere', 'clientst0r', 'baserdb'] as const)('tells %s nothing of a bug', (dialect) => {
    const answer = rest.fail(dialect, new Error('password=hunter2'), context)
    expect(answer.status).toBe(500)
    expect(String(answer.body)).not.toContain('hunter2')
  })
})
