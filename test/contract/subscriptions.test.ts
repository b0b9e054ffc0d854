import { afterEach, describe, expect, it } from 'vitest'
import { systemContext } from '../../src/context.ts'
import { transaction } from '../../src/core/context.ts'
import { record } from '../../src/core/record.ts'
import { Listener } from '../kit/listener.ts'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer({ OPSGRAPH_ROLE: 'all' })
const open: Listener[] = []
afterEach(() => {
  for (const listener of open.splice(0)) listener[Symbol.dispose]()
})

const EVENTS =
  'subscription ($types: [String!], $after: String) { events(types: $types, after: $after) { cursor id type at data payload } }'

async function listen(query = EVENTS, variables: object = {}, { key = server.key('dashboard'), headers = {} } = {}) {
  const listener = await Listener.open(server.url, key, query, { variables, headers })
  open.push(listener)
  return listener
}

let names = 0
const lead = async (key = server.key('dashboard')) => {
  names += 1
  const { json } = await server.request('/api/v1/leads', { method: 'POST', key, body: { name: `Lead ${names}` } })
  return json as { id: number; name: string }
}

const types = (listener: Listener) => listener.said.map(({ data }) => data.data.events.type)

describe('events', () => {
  it('are told as they happen, each with its cursor', async () => {
    const listener = await listen(EVENTS, { types: ['lead.*'] })
    expect([listener.status, listener.message.headers['content-type']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ])
    expect(listener.message.headers).toMatchObject({ 'cache-control': 'no-store', 'x-ratelimit-limit': '100' })
    const { id, name } = await lead()
    const [first] = await listener.until(1)
    const { events } = first!.data.data
    expect(first).toMatchObject({ event: 'next', id: events.cursor })
    expect(events).toMatchObject({
      type: 'lead.created',
      at: '2026-05-23T11:42:00Z',
      id: expect.stringMatching(/^evt_\d+$/),
    })
    expect(events.data).toMatchObject({ id, name, client_id: null })
    expect(JSON.parse(events.payload)).toEqual({
      ...{ event: 'lead.created', timestamp: '2026-05-23T11:42:00Z', organization: { id: 1, name: 'OmniForge' } },
      data: events.data,
    })
  })

  it('are those of the types asked for, and of one’s own organization', async () => {
    const listener = await listen(EVENTS, { types: ['lead.updated', 'client.*'] })
    const theirs = await lead(server.key('CANARY-7f3a Trusted service', 1))
    const { id } = await lead()
    await server.request(`/api/v1/leads/${id}`, { method: 'PATCH', key: server.key('dashboard'), body: { score: 5 } })
    await listener.until(1)
    expect(types(listener)).toEqual(['lead.updated'])
    expect(JSON.stringify(listener.said)).not.toContain(theirs.name)
  })

  it('go on from where the connection broke: by Last-Event-ID, or the argument', async () => {
    const first = await listen(EVENTS, { types: ['lead.*'] })
    await lead()
    await first.until(1)
    const lastEventId = first.lastId!
    first[Symbol.dispose]()
    const missed = [await lead(), await lead(), await lead()].map(({ name }) => name)
    for (const [variables, headers] of [
      [{ types: ['lead.*'] }, { 'last-event-id': lastEventId }],
      [{ types: ['lead.*'], after: lastEventId }, {}],
    ] as const) {
      const again = await listen(EVENTS, variables, { headers })
      await again.until(3)
      expect(again.said.map(({ data }) => data.data.events.data.name)).toEqual(missed)
    }
  })

  it('none is missed and none told twice, however they are written', async () => {
    const listener = await listen(EVENTS, { types: ['lead.created'] })
    const made = await Promise.all(Array.from({ length: 60 }, () => lead(server.key('Trusted service'))))
    await listener.until(60)
    const told = listener.said.map(({ data }) => data.data.events.data.id)
    expect(told.toSorted((a, b) => a - b)).toEqual(made.map(({ id }) => id).toSorted((a, b) => a - b))
    const cursors = listener.said.map(({ id }) => Number(id))
    expect(cursors).toEqual(cursors.toSorted((a, b) => a - b))
  })

  it('are only those that somebody may read, as they are when each happens', async () => {
    const { token, id } = await minted(server, { family: 'devsphere', scopes: ['leads:read', 'clients:read'] })
    const listener = await listen(EVENTS, {}, { key: token })
    const { run } = writer()
    await run('mutation { createNote(input: { title: "secret", body: "x" }) { id } }')
    await lead()
    await listener.until(1)
    expect(types(listener)).toEqual(['lead.created'])
    await run(`mutation { updateApiKey(id: ${id}, input: { scopes: ["clients:read"] }) { id } }`)
    await lead()
    await run('mutation { createClient(input: { name: "Harbor" }) { id } }')
    await listener.until(2)
    expect(types(listener)).toEqual(['lead.created', 'client.created'])
  })

  it('end for a key that is revoked, which is told why', async () => {
    const { token, id } = await minted(server, { family: 'devsphere', scopes: ['leads:read'] })
    const listener = await listen(EVENTS, {}, { key: token })
    await writer().run(`mutation { revokeApiKey(id: ${id}) { id } }`)
    await lead()
    await listener.end()
    expect(listener.said.map(({ event }) => event)).toEqual(['next', 'complete'])
    expect(listener.said[0]!.data.errors[0].extensions).toMatchObject({ code: 'INVALID_TOKEN', status: 401 })
  })

  it.each([
    [{ types: ['lead.eaten'] }, 400, 'INVALID_REQUEST'],
    [{ types: [] }, 400, 'INVALID_REQUEST'],
    [{ after: 'yesterday' }, 400, 'INVALID_REQUEST'],
    [{ types: ['employee.*'] }, 403, 'FORBIDDEN'],
  ])('%j is refused before anything is told', async (variables, status, code) => {
    const { token } = await minted(server, { family: 'devsphere', scopes: ['leads:read'] })
    const listener = await listen(EVENTS, variables, { key: token })
    await listener.end()
    expect(listener.status).toBe(status)
    expect(JSON.parse(listener.text).errors[0].extensions).toMatchObject({ code, status })
  })

  it('a cursor from another time, beyond the last, waits for what comes', async () => {
    const listener = await listen(EVENTS, { after: '999999999999' })
    await lead()
    await listener.until(1)
  })
})

/** An admin, over HTTP. */
const writer = () => ({
  run: async (query: string) => {
    const { json } = await server.graphql(query, {}, server.key('Trusted service'))
    expect(json.errors).toBeUndefined()
    return json.data
  },
})

describe('monitors', () => {
  const QUERY =
    'subscription ($ids: [ID!]) { monitorStatus(ids: $ids) { monitorId name status error at monitor { name url } } }'

  async function turn(type: 'monitor.down' | 'monitor.up', monitorId: number, error?: string) {
    const ctx = systemContext(server.app, 1, 'check')
    const data = { monitorId, name: `Monitor ${monitorId}`, url: null, ...(error && { error }) }
    await transaction(ctx, (tx) => record(tx, ctx, { type, target: { type: 'monitor', id: monitorId }, data }))
  }

  it('that go down and come up are told, those asked for', async () => {
    const listener = await listen(QUERY, { ids: ['1'] })
    await turn('monitor.down', 2, 'elsewhere')
    await turn('monitor.down', 1, 'Connection timed out')
    await lead()
    await turn('monitor.up', 1)
    await listener.until(2)
    expect(listener.said.map(({ data }) => data.data.monitorStatus)).toMatchObject([
      { monitorId: '1', status: 'DOWN', error: 'Connection timed out', monitor: { name: 'Sales CRM' } },
      { monitorId: '1', status: 'UP', error: null },
    ])
  })

  it('need their permission', async () => {
    const { token } = await minted(server, { family: 'devsphere', scopes: ['leads:read'] })
    const listener = await listen(QUERY, {}, { key: token })
    await listener.end()
    expect([listener.status, JSON.parse(listener.text).errors[0].extensions.need]).toEqual([403, 'monitors:read'])
  })
})

describe('the request log', () => {
  const QUERY = 'subscription ($after: String) { requestLog(after: $after) { id method path status requestId } }'

  it('is told a moment after the answers', async () => {
    const listener = await listen(QUERY)
    const { headers } = await server.request('/api/v1/leads', { key: server.key('dashboard') })
    const wanted = () =>
      listener.said.find(({ data }) => data.data.requestLog.requestId === headers.get('x-request-id'))
    while (!wanted()) await listener.until(listener.said.length + 1)
    const first = wanted()
    expect(first!.data.data.requestLog).toMatchObject({ method: 'GET', path: '/api/v1/leads', status: 200 })
    expect(first!.id).toBe(first!.data.data.requestLog.id)
    const again = await listen(QUERY, {}, { headers: { 'last-event-id': String(Number(first!.id) - 1) } })
    await again.until(1)
    expect(again.said[0]!.id).toBe(first!.id)
  })

  it('needs requests:read', async () => {
    const { token } = await minted(server, { family: 'devsphere', scopes: ['leads:read'] })
    expect((await listen(QUERY, {}, { key: token })).status).toBe(403)
  })
})

describe('a stream', () => {
  it('is opened by GET as well, as browsers do', async () => {
    const query = encodeURIComponent('subscription { events { type } }')
    const response = await fetch(`${server.url}/graphql?query=${query}`, {
      headers: { accept: 'text/event-stream', authorization: `Bearer ${server.key('dashboard')}` },
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    const reader = response.body!.getReader()
    await lead()
    let text = ''
    while (!text.includes('lead.created')) text += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
  })

  it('is not opened without asking for one', async () => {
    const { json } = await server.graphql('subscription { events { type } }')
    expect(json.errors[0].message).toBe('Ask for text/event-stream to subscribe.')
  })

  it('is one of twenty that a key may have open', async () => {
    const { token } = await minted(server, { family: 'devsphere', scopes: ['leads:read'] })
    const all = await Promise.all(Array.from({ length: 20 }, () => listen(EVENTS, {}, { key: token })))
    expect(all.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect((await listen(EVENTS, {}, { key: token })).status).toBe(429)
    all[0]![Symbol.dispose]()
    await expect.poll(async () => (await listen(EVENTS, {}, { key: token })).status, { timeout: 5000 }).toBe(200)
  })
})
