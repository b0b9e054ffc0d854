import { serverAudits } from 'graphql-http'
import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'

const server = testServer()
let key: string
beforeAll(async () => {
  await server.app.query('UPDATE api_key SET bucket_capacity = 1000000', [])
  key = server.key('Trusted service')
})

const named = serverAudits({ url: 'http://replaced.invalid' }).map(({ id, name }) => [id, name] as const)

/** The suite's own requests, with a key. */
const authorized: typeof fetch = (input, init) =>
  fetch(String(input), {
    ...init,
    headers: { ...(init?.headers as Record<string, string>), authorization: `Bearer ${key}` },
  })

describe('GraphQL over HTTP, by the audits of graphql-http', () => {
  it.each(named)('%s %s', async (id) => {
    const audit = serverAudits({ url: `${server.url}/graphql`, fetchFn: authorized }).find((each) => each.id === id)!
    const result = await audit.fn()
    expect(result.status, 'reason' in result ? result.reason : undefined).toBe('ok')
  })
})

const JSON_TYPE = { 'content-type': 'application/json' }
const GRAPHQL_TYPE = 'application/graphql-response+json'
const CREATE = 'mutation { createLead(input: { name: "Planted" }) { id } }'
const READ = '{ me { name } }'

async function planted(): Promise<number> {
  const { json } = await server.graphql('{ leads(search: "Planted") { totalCount } }', {}, key)
  return json.data.leads.totalCount
}

describe('a request that a foreign page can send without asking', () => {
  const form = new FormData()
  form.set('operations', JSON.stringify({ query: CREATE }))
  form.set('map', '{}')
  const simple: Record<string, [string, string | FormData | undefined, Record<string, string>]> = {
    'as text': ['POST', JSON.stringify({ query: CREATE }), { 'content-type': 'text/plain' }],
    'as text that says it is JSON': [
      'POST',
      JSON.stringify({ query: CREATE }),
      { 'content-type': 'text/plain; a=application/json' },
    ],
    'as a form': [
      'POST',
      `query=${encodeURIComponent(CREATE)}`,
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    'as a multipart form': ['POST', form, {}],
    'as a bare document': ['POST', CREATE, { 'content-type': 'application/graphql' }],
    'without a type': ['POST', JSON.stringify({ query: CREATE }), { 'content-type': '' }],
    'as a GET': ['GET', undefined, { accept: 'application/json' }],
    'as a HEAD': ['HEAD', undefined, { accept: 'application/json' }],
    'as an event stream': ['GET', undefined, { accept: 'text/event-stream' }],
  }

  it.each(Object.entries(simple))('%s changes nothing, even with a key', async (_name, [method, body, headers]) => {
    const path = body === undefined ? `/graphql?query=${encodeURIComponent(CREATE)}` : '/graphql'
    const before = await planted()
    const { status, text } = await server.request(path, { method, key, headers, ...(body !== undefined && { body }) })
    expect(text).not.toContain('createLead":')
    if (!headers.accept?.includes('event-stream')) expect(status).toBeGreaterThanOrEqual(400)
    expect(await planted()).toBe(before)
  })

  it('the same with a JSON type is executed, so that the refusals above mean something', async () => {
    const before = await planted()
    expect((await server.graphql(CREATE, {}, key)).json.errors).toBeUndefined()
    expect(await planted()).toBe(before + 1)
  })

  it('gets no leave from a browser to read answers elsewhere', async () => {
    const headers = { ...JSON_TYPE, origin: 'https://evil.example.com', 'access-control-request-method': 'POST' }
    for (const method of ['OPTIONS', 'POST']) {
      const body = method === 'POST' ? { query: READ } : undefined
      const answer = await server.request('/graphql', { method, key, headers, ...(body && { body }) })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

describe('the door', () => {
  it('serves the explorer to browsers without a key, and nothing in it comes from elsewhere', async () => {
    const { status, text, headers } = await server.request('/graphql', { headers: { accept: 'text/html,*/*' } })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/html/)
    expect(
      [...text.matchAll(/<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["']?((?:https?:)?\/\/[^"'\s>]+)/gi)].map(
        ([, url]) => url,
      ),
    ).toEqual([])
    expect([...text.matchAll(/\bimport\s*\(?\s*["'](?:https?:)?\/\//g)]).toEqual([])
    expect(text).toContain('<link rel="icon" href="/favicon.ico" />')
    expect((await server.request('/favicon.ico')).headers.get('content-type')).toMatch(/^image\/svg/)
  })

  it('tells strangers neither data nor the schema', async () => {
    for (const query of [
      READ,
      '{ __schema { types { name } } }',
      '{ __type(name: "Lead") { name } }',
      '{ __typename }',
    ]) {
      const posted = await server.request('/graphql', { method: 'POST', body: { query } })
      const got = await server.request(`/graphql?query=${encodeURIComponent(query)}`, {
        headers: { accept: 'application/json' },
      })
      const page = await server.request(`/graphql?query=${encodeURIComponent(query)}`, {
        headers: { accept: 'text/html, application/json' },
      })
      for (const answer of [posted, got]) {
        expect(answer.status).toBe(401)
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
        expect(answer.json.errors[0].extensions.code).toBe('UNAUTHENTICATED')
      }
      expect(page.json?.data).toBeUndefined()
    }
  })

  it('tells the schema to whoever holds a key', async () => {
    const { json } = await server.graphql('{ __schema { queryType { name } } }', {}, key)
    expect(json).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } })
  })

  it('refuses batches', async () => {
    const { status, json } = await server.request('/graphql', {
      method: 'POST',
      key,
      body: [{ query: READ }, { query: READ }],
    })
    expect(status).toBe(400)
    expect(json.errors[0]).toMatchObject({
      message: expect.stringContaining('batches'),
      extensions: { code: 'INVALID_REQUEST' },
    })
  })

  it('answers an event stream to whoever asks for one', async () => {
    const { status, headers, text } = await server.request('/graphql', {
      method: 'POST',
      key,
      body: { query: READ },
      headers: { accept: 'text/event-stream' },
    })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^text\/event-stream/)
    expect(text).toMatch(/event: next\ndata: \{"data":\{"me":\{"name":"Trusted service"\}\}\}[\s\S]*event: complete/)
  })

  it.each([
    ['a query that fits', READ, 200, 200],
    ['a document that does not parse', '{', 400, 200],
    ['a document that does not validate', '{ nothing }', 400, 200],
    ['variables that do not fit', 'query ($id: ID!) { lead(id: $id) { id } }', 400, 200],
    ['a row that is not there, which is data with an error', '{ lead(id: 2147483640) { id } }', 200, 200],
  ])(
    '%s: under the media type of its own, and under plain JSON (where the drafts of before keep 200)',
    async (_name, query, own, plain) => {
      for (const [accept, expected] of [
        [GRAPHQL_TYPE, own],
        ['application/json', plain],
      ] as const) {
        const { status, headers } = await server.request('/graphql', {
          method: 'POST',
          key,
          body: { query },
          headers: { accept },
        })
        expect([accept, status]).toEqual([accept, expected])
        expect(headers.get('content-type')).toBe(`${accept}; charset=utf-8`)
      }
    },
  )

  it.each([
    ['a body that is not JSON', '{', 400],
    ['no query', '{}', 400],
    ['a query that is no text', '{"query":1}', 400],
    ['variables that are a list', '{"query":"{me{name}}","variables":[]}', 400],
    ['extensions that are a text', '{"query":"{me{name}}","extensions":"x"}', 400],
    ['an operation that is not there', '{"query":"query A {me{name}}","operationName":"B"}', 400],
    ['several operations and no name', '{"query":"query A {me{name}} query B {me{name}}"}', 400],
    ['more than a mebibyte', JSON.stringify({ query: `# ${'x'.repeat(1024 * 1024)}\n{ me { name } }` }), 413],
  ])('%s is refused with a sentence', async (_name, body, expected) => {
    const { status, json } = await server.request('/graphql', { method: 'POST', key, body })
    expect(status).toBe(expected)
    expect(json.errors[0]).toMatchObject({
      message: expect.any(String),
      extensions: { status: expected, requestId: expect.any(String) },
    })
  })

  it('answers a GET with a query', async () => {
    const path = `/graphql?query=${encodeURIComponent(READ)}`
    const { status, json } = await server.request(path, { key, headers: { accept: 'application/json' } })
    expect([status, json]).toEqual([200, { data: { me: { name: 'Trusted service' } } }])
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('answers %s with 405', async (method) => {
    const { status, headers } = await server.request('/graphql', { method, key, headers: JSON_TYPE })
    expect(status).toBe(405)
    expect(headers.get('allow')).toMatch(/POST/)
  })
})
