import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assets } from './fixture/assets.ts'
import { type Asked, asker, openRest } from './fixture/rest.ts'

const rest = openRest()
const ask = asker(rest)

describe('methods', () => {
  test('HEAD is GET without the body', async () => {
    const get = await ask('GET', '/api/assets/1/')
    const head = await ask('HEAD', '/api/assets/1/')
    expect([head.status, head.body, head.headers.etag]).toEqual([200, undefined, get.headers.etag])
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(String(get.body))))
    expect((await ask('HEAD', '/api/assets/999/')).status).toBe(404)
    expect((await ask('HEAD', '/api/assets/?severity=critical')).status).toBe(200)
    expect((await ask('HEAD', '/api/assets/?nope=1')).status).toBe(400)
  })

  test('OPTIONS names what a path answers', async () => {
    const { status, headers } = await ask('OPTIONS', '/api/assets/1/')
    expect([status, headers.allow]).toEqual([204, 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'])
  })

  test.each([
    ['dashboard', '/api/v1/droplets', { code: 'method_not_allowed' }],
    ['devsphere', '/api/v1/leads', { error: 'method_not_allowed' }],
    ['clientst0r', '/api/assets/', { detail: 'Method "PURGE" not allowed.' }],
    ['baserdb', '/api/v1/backups/runs', { error: { code: 'method_not_allowed' } }],
  ])('an unknown one is refused in the shape of %s', async (dialect, path, body) => {
    expect(rest.match('PURGE', path)).toMatchObject({ kind: 'wrong-method', dialect })
    const { status, json, headers } = await ask('PURGE', path)
    expect([status, json]).toMatchObject([405, body])
    expect(headers.allow).toMatch(/HEAD, OPTIONS$/)
  })
})

describe('paths', () => {
  test.each([
    ['/api/healthz', 'baserdb'],
    ['/api/v1/auth/nope', 'baserdb'],
    ['/api/v1/tables/1/nope', 'baserdb'],
    ['/api/v1/invoices/x/y', 'devsphere'],
    ['/api/v1/webhooks', 'devsphere'],
    ['/api/v1/assets/x/y', 'clientst0r'],
    ['/api/v1/leadsx', 'dashboard'],
    ['/api/v1', 'dashboard'],
    ['/api/organizations/x', 'clientst0r'],
    ['/api/nope', 'clientst0r'],
    ['/api/v1/documents/1', 'dashboard'],
  ])('%s belongs to %s, even without a route', async (path, dialect) => {
    expect(rest.match('GET', path)).toMatchObject({ kind: 'unknown', dialect })
    expect((await ask('GET', path)).status).toBe(404)
  })

  test.each(['/webhook', '/webhook/1', '/openapi.json', '/docs', '/graphql', '/', '/apis', '/assets'])(
    '%s is not REST, so that nothing that SOFA mounts can be reached',
    (path) => {
      for (const method of ['GET', 'POST', 'DELETE']) expect(rest.match(method, path)).toBeUndefined()
    },
  )

  test.each(['/api/webhook', '/api/v1/webhook', '/api/assets/~id/', '/api/assets/{id}/otp/x'])(
    '%s leads nowhere',
    async (path) => {
      expect((await ask('POST', path, { body: {} })).status).toBeGreaterThan(403)
    },
  )
})

describe('bodies', () => {
  const post = (asked: Asked) => ask('POST', '/api/v1/leads', asked)

  test.each(['{bad', '[1', '\u{feff}{}', Buffer.from([0x7b, 0xff, 0x7d])])(
    'that are not JSON are refused: %s',
    async (raw) => {
      expect(await post({ raw })).toMatchObject({ status: 400, json: { error: 'invalid_request' } })
      const django = await ask('POST', '/api/assets/', { raw })
      expect([django.status, (django.json as { detail: string }).detail]).toEqual([
        400,
        expect.stringMatching(/^JSON parse error - /),
      ])
    },
  )

  test.each(['[]', 'null', '"text"', '7'])('that are no object are refused: %s', async (raw) => {
    expect((await post({ raw })).json).toEqual({
      error: 'invalid_request',
      fields: { body: ['Must be a JSON object.'] },
    })
  })

  test('of another type are refused with 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', ''])
      expect((await post({ raw: '{}', headers: { 'content-type': type } })).status).toBe(415)
    const { json } = await ask('POST', '/api/assets/', { raw: 'a=b', headers: { 'content-type': 'text/plain' } })
    expect(json).toEqual({ detail: 'Unsupported media type "text/plain" in request; send application/json.' })
  })

  test('may name their charset, or be a JSON patch', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/merge-patch+json'])
      expect((await post({ body: { email: 'a@example.com' }, headers: { 'content-type': type } })).status).toBe(201)
  })

  test('cannot reach a prototype', async () => {
    const { status } = await post({ raw: '{"email":"a@example.com","__proto__":{"score":"1"}}' })
    expect(status).toBe(400)
    await ask('PATCH', '/api/assets/5/', { raw: '{"__proto__":{"polluted":true},"constructor":{}}' })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  test('cannot bring NUL or half a character to the database', async () => {
    for (const email of ['a\0b', '\ud800'])
      expect((await post({ body: { email } })).json).toMatchObject({
        fields: { email: [expect.stringContaining('NUL')] },
      })
    const deep = `{"name":"n","custom_fields":${'['.repeat(5000)}${']'.repeat(5000)}}`
    expect((await ask('POST', '/api/assets/', { raw: deep })).status).toBe(400)
  })
})

describe('conditions', () => {
  test('If-None-Match answers 304 while nothing changed', async () => {
    const { headers } = await ask('GET', '/api/assets/6/')
    const etag = headers.etag as string
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await ask('GET', '/api/assets/6/', { headers: { 'if-none-match': known } })
      expect([again.status, again.body, again.headers.etag]).toEqual([304, undefined, etag])
    }
    expect((await ask('GET', '/api/assets/6/', { headers: { 'if-none-match': '"x"' } })).status).toBe(200)
  })

  test('the tag does not depend on the request id that an envelope repeats', async () => {
    const tags = await Promise.all(
      ['one', 'two'].map(async (requestId) => (await ask('GET', '/api/v1/backups/runs', { requestId })).headers.etag),
    )
    expect(tags[0]).toBe(tags[1])
  })

  test('If-Match lets a change through only while the row is as it was read', async () => {
    const etag = (await ask('GET', '/api/assets/6/')).headers.etag as string
    const change = (body: object, match: string) =>
      ask('PATCH', '/api/assets/6/', { body, headers: { 'if-match': match } })
    expect((await change({ name: 'mine' }, etag)).status).toBe(200)
    const late = await change({ name: 'theirs' }, etag)
    expect([late.status, assets[5]?.name]).toEqual([412, 'mine'])
    expect((await change({ name: 'any' }, '*')).status).toBe(200)
    expect((await change({ name: 'weak' }, `W/${etag}`)).status).toBe(412)
    expect((await ask('DELETE', '/api/assets/6/', { headers: { 'if-match': etag } })).status).toBe(412)
    expect((await ask('DELETE', '/api/assets/999/', { headers: { 'if-match': '*' } })).status).toBe(404)
  })
})

describe('whatever comes', () => {
  const targets = [
    '/api/assets/',
    '/api/assets/1/',
    '/api/v1/droplets',
    '/api/v1/leads',
    '/api/v1/backups/runs',
    '/api/v1/auth/login',
    '/api/v1/notes',
  ]
  const names = [
    'page',
    'page_size',
    'ordering',
    'search',
    'limit',
    'cursor',
    'severity',
    'name_in',
    'issued_from',
    'reveal',
    '__proto__',
    'constructor',
  ]
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\0', '-1', '1e999', '9'.repeat(400), '__proto__', 'null'),
  )

  test('in a query, it is never a 500', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), fc.constantFrom(...names), text, async (path, name, value) => {
        const { status } = await ask('GET', `${path}?${name}=${encodeURIComponent(value)}`)
        expect(status).toBeLessThan(500)
      }),
      { numRuns: 500 },
    )
  })

  test('in a raw query or path, it is never a 500', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), fc.string(), async (path, rest) => {
        expect((await ask('GET', `${path}?${rest}`)).status).toBeLessThan(500)
        expect((await ask('GET', `/api/${rest.replaceAll('?', '')}`)).status).toBeLessThan(500)
      }),
      { numRuns: 300 },
    )
  })

  test('in a body, it is never a 500', async () => {
    const keys = fc.constantFrom(
      'name',
      'asset_type',
      'severity',
      'custom_fields',
      'email',
      'score',
      'password',
      '__proto__',
    )
    const body = fc.oneof(fc.dictionary(keys, fc.jsonValue()), fc.jsonValue())
    const ways = [
      ['POST', '/api/assets/'],
      ['PATCH', '/api/assets/7/'],
      ['PUT', '/api/assets/7/'],
      ['POST', '/api/v1/leads'],
      ['POST', '/api/v1/auth/login'],
    ] as const
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ways), body, async ([method, path], sent) => {
        expect((await ask(method, path, { body: sent })).status).toBeLessThan(500)
      }),
      { numRuns: 500 },
    )
  })
})
