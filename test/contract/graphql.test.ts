import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
})

const ask = (query: string, variables?: Record<string, unknown>, as: string | undefined = key) =>
  server.request('/graphql', { method: 'POST', key: as, body: { query, variables } })
const CREATE = 'mutation ($input: CreateLeadInput!) { createLead(input: $input) { id } }'

describe('errors at /graphql', () => {
  it.each([
    ['a wrong type', CREATE, { input: { name: 5 } }, 'name'],
    ['an unknown enum value', CREATE, { input: { name: 'x', status: 'NEWW' } }, 'status'],
    ['a missing variable', CREATE, {}, 'input'],
    ['what a rule forbids', CREATE, { input: { name: 'x', score: 101 } }, 'score'],
    ['NUL', 'query ($s: String) { leads(search: $s) { totalCount } }', { s: '\0' }, 's'],
  ])('name the field to blame for %s', async (_what, query, variables, field) => {
    const { json } = await ask(query, variables)
    expect(json.errors[0].extensions).toMatchObject({ code: 'INVALID_REQUEST', status: 400 })
    expect(Object.keys(json.errors[0].extensions.fields)).toEqual([field])
  })

  it('suggest no names', async () => {
    const { text: field } = await ask('{ leadz { totalCount } }')
    const { text: value } = await ask(CREATE, { input: { name: 'x', status: 'NEWW' } })
    const { text: input } = await ask(CREATE, { input: { name: 'x', statuz: 'NEW' } })
    expect(field + value + input).not.toMatch(/did you mean/i)
  })

  it('carry code, status and the id of the request', async () => {
    const { json, headers } = await ask('{ lead(id: 2000000000) { id } }')
    expect(json.errors[0].extensions).toEqual({
      ...{ code: 'NOT_FOUND', status: 404, requestId: headers.get('x-request-id') },
    })
    const { token } = await minted(server, { scopes: ['apps'] })
    const refused = await ask('{ leads { totalCount } }', {}, token)
    expect(refused.json.errors[0].extensions).toMatchObject({ code: 'FORBIDDEN', status: 403, need: 'leads:read' })
  })

  it('answer 401 to strangers and wrong keys, with a challenge', async () => {
    const stranger = await server.request('/graphql', { method: 'POST', body: { query: '{ __typename }' } })
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const wrong = await ask('{ __typename }', {}, 'dsk_wrong')
    expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
    expect(wrong.json.errors[0].extensions.code).toBe('INVALID_TOKEN')
  })

  it('tell nobody about the schema without a key', async () => {
    const query = '{ __schema { types { name } } }'
    expect((await server.request('/graphql', { method: 'POST', body: { query } })).status).toBe(401)
    expect((await server.request(`/graphql?query=${encodeURIComponent(query)}`)).status).toBe(401)
    expect((await ask(query)).json.data.__schema.types.length).toBeGreaterThan(20)
  })
})

describe('requests that a foreign page could send', () => {
  const body = JSON.stringify({ query: 'mutation { createTool(input: {name: "x"}) { id } }' })
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'as %s are refused and not executed',
    async (type) => {
      const { status, json, headers } = await server.request('/graphql', {
        ...{ method: 'POST', key, body, headers: { 'content-type': type } },
      })
      expect([status, json.errors[0].extensions.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
      expect(json.errors[0].extensions.requestId).toBe(headers.get('x-request-id'))
    },
  )

  it('by GET never change anything', async () => {
    const query = encodeURIComponent('mutation { createLead(input: {name: "by GET"}) { id } }')
    const answer = await server.request(`/graphql?query=${query}`, { key, headers: { accept: 'application/json' } })
    expect(answer.status).toBe(405)
    expect((await ask('{ leads(search: "by GET") { totalCount } }')).json.data.leads.totalCount).toBe(0)
  })

  it('as a batch are refused', async () => {
    const { status } = await server.request('/graphql', { method: 'POST', key, body: [{ query: '{ __typename }' }] })
    expect(status).toBe(400)
  })
})

describe('cost', () => {
  it('is paid in tokens of the same bucket as REST', async () => {
    const { token } = await minted(server, { capacity: 10, refillPerSecond: 0.001 })
    const left = async (answer: Promise<{ headers: Headers }>) =>
      Number((await answer).headers.get('x-ratelimit-remaining'))
    expect(await left(ask('{ me { name } }', {}, token))).toBe(9)
    expect(await left(server.request('/api/v1/me', { key: token }))).toBe(8)
    expect(await left(ask('{ leads(first: 200) { nodes { id name } } }', {}, token))).toBeLessThan(7)
  })

  it('that is too high is refused before anything runs', async () => {
    const aliases = Array.from({ length: 3000 }, (_, i) => `a${i}: __typename`).join(' ')
    const taken: number[] = []
    for (const field of ['__typename', '_a: __typename', '_b: __typename']) {
      const from = performance.now()
      const { json } = await ask(`{ ${field} ${aliases} }`)
      taken.push(performance.now() - from)
      expect(json.errors[0].extensions.code).toBe('INVALID_REQUEST')
    }
    expect(Math.min(...taken)).toBeLessThan(200)
  })
})

describe('the door', () => {
  const address = `/graphql?query=${encodeURIComponent('{ leads { totalCount } }')}`

  it('answers HEAD as GET, without the body', async () => {
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => server.request(address, { method, key })))
    expect([head!.status, head!.text]).toEqual([200, ''])
    for (const name of ['content-type', 'content-length', 'x-ratelimit-limit'])
      expect([name, head!.headers.get(name)]).toEqual([name, get!.headers.get(name)])
  })

  it('says to OPTIONS what it answers', async () => {
    const { status, headers } = await server.request('/graphql', { method: 'OPTIONS' })
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS'])
  })
})

describe('an event stream', () => {
  const stream = (query: string, more: object = {}, accept = 'text/event-stream') =>
    server.request('/graphql', { method: 'POST', key, body: { query, ...more }, headers: { accept } })
  const COSTLY =
    '{ leads(first: 200) { nodes { opportunities(first: 200) { nodes { invoices(first: 200) { nodes { id } } } } } } }'

  it('carries the answer', async () => {
    const { status, headers, text } = await stream('{ me { name } }')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect(text).toContain('data: {"data":{"me":{"name":"contract"}}}')
    const { totalCount } = (await ask('{ leads { totalCount } }')).json.data.leads
    expect((await stream('{ leads { totalCount } }')).text).toContain(
      `data: {"data":{"leads":{"totalCount":${totalCount}}}}`,
    )
  })

  it('is no way around cost, size and rules', async () => {
    expect((await stream(COSTLY)).json.errors[0].message).toMatch(/^This operation costs/)
    expect((await stream('{ me { name } }', { variables: { a: 'x'.repeat(1024 * 1024) } })).status).toBe(413)
    expect((await stream('{ nothing }')).status).toBe(400)
    expect((await stream('mutation { createLead(input: {name: "streamed"}) { id } }')).status).toBe(400)
    expect((await ask('{ leads(search: "streamed") { totalCount } }')).json.data.leads.totalCount).toBe(0)
  })

  it('is paid like any other answer', async () => {
    const { token } = await minted(server, { capacity: 10, refillPerSecond: 0.001 })
    const body = { query: '{ leads(first: 200) { nodes { id name } } }' }
    const { headers } = await server.request('/graphql', {
      ...{ method: 'POST', key: token, body, headers: { accept: 'text/event-stream' } },
    })
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThan(9)
  })

  it('asked for as a picture is refused, and nothing is executed', async () => {
    const { status } = await stream('mutation { createLead(input: {name: "pictured"}) { id } }', {}, 'image/png')
    expect(status).toBe(406)
    expect((await ask('{ leads(search: "pictured") { totalCount } }')).json.data.leads.totalCount).toBe(0)
  })
})

describe('GET /graphql', () => {
  const get = (query: string) => server.request(`/graphql?${query}`, { key, headers: { accept: 'application/json' } })

  it('answers a query with variables', async () => {
    const query = encodeURIComponent('query ($n: Int) { leads(first: $n) { nodes { id } } }')
    const { status, json } = await get(`query=${query}&variables=${encodeURIComponent('{"n":2}')}`)
    expect([status, json.data.leads.nodes.length]).toEqual([200, 2])
  })

  it.each([
    ['', 'query'],
    ['query={me{name}}&variables={', 'variables'],
    ['query={me{name}}&variables=[1]', 'variables'],
    ['query={me{name}}&extensions={', 'extensions'],
    ['query={me{name}}&operationName=x', 'operationName'],
  ])('refuses ?%s and names the parameter', async (query, field) => {
    const { status, json, headers } = await get(query)
    expect([status, Object.keys(json.errors[0].extensions.fields)]).toEqual([400, [field]])
    expect(json.errors[0].extensions).toMatchObject({ code: 'INVALID_REQUEST', requestId: headers.get('x-request-id') })
  })
})
