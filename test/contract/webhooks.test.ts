import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Receiver } from '../kit/receiver.ts'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer({ OPSGRAPH_ROLE: 'all', OPSGRAPH_ALLOW_PRIVATE_TARGETS: 'true' })
let receiver: Receiver
let key = ''
beforeAll(async () => {
  receiver = await Receiver.open()
  key = (await minted(server, { family: 'devsphere', scopes: ['webhooks:manage', 'leads:write'] })).token
})
afterAll(() => receiver?.[Symbol.asyncDispose]())

const ask = (method: string, path: string, body?: unknown, as = key) =>
  server.request(`/api/v1${path}`, { method, key: as, body })

const PATIENCE_MS = 10_000
/** Asks again until it is so: what is sent is sent a moment later. */
async function until<T>(look: () => Promise<T>, so: (found: T) => boolean): Promise<T> {
  const from = performance.now()
  for (;;) {
    const found = await look()
    if (so(found)) return found
    if (performance.now() - from > PATIENCE_MS) throw new Error(`It never was so: ${JSON.stringify(found)}`)
    await pause(10)
  }
}

const KEYS =
  'id url description events permissions state disabled_reason disabled_at failing_since headers previous_secret_expires_at created_at updated_at'.split(
    ' ',
  )
const MASK = '**********'

describe('webhooks in the manners of DevSphere', () => {
  let id = 0
  let secret = ''

  it('an endpoint is made, with its secret in this answer only', async () => {
    const body = { url: receiver.url, events: ['lead.*'], headers: [{ name: 'X-Environment', value: 'test' }] }
    const { status, json, headers } = await ask('POST', '/webhooks', body)
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(Object.keys(json)).toEqual([...KEYS, 'secret'])
    expect(json).toMatchObject({
      state: 'active',
      events: ['lead.*'],
      headers: [{ name: 'X-Environment', value: MASK }],
    })
    expect(json.secret).toMatch(/^whsec_/)
    id = json.id
    secret = json.secret
    const read = await ask('GET', `/webhooks/${id}`)
    expect(Object.keys(read.json)).toEqual(KEYS)
    expect(read.text).not.toContain(secret)
  })

  it('is listed, changed, and refused in one word where it is wrong', async () => {
    const { json } = await ask('GET', '/webhooks?state=active&limit=1')
    expect(json).toMatchObject({ data: [{ id }], count: 2, next_cursor: expect.any(String) })
    expect((await ask('PATCH', `/webhooks/${id}`, { description: 'CRM' })).json).toMatchObject({ description: 'CRM' })
    const wrong = await ask('POST', '/webhooks', { url: 'ftp://x', events: [] })
    expect([wrong.status, wrong.json.error, Object.keys(wrong.json.fields)]).toEqual([
      ...[400, 'invalid_request', ['url', 'events']],
    ])
    const { token } = await minted(server, { family: 'devsphere', scopes: ['leads:read'] })
    const refused = await ask('GET', '/webhooks', undefined, token)
    expect([refused.status, refused.text]).toEqual([403, '{"error":"insufficient_scope","need":"webhooks:manage"}'])
    expect((await ask('POST', '/webhooks', { url: receiver.url, events: ['employee.*'] })).json).toEqual({
      ...{ error: 'insufficient_scope', need: 'hr:read' },
    })
  })

  const deliveries = async (query = '') => (await ask('GET', `/webhooks/${id}/deliveries${query}`)).json

  it('what happens is sent, and the log says how it went', async () => {
    const lead = (await ask('POST', '/leads', { name: 'Ada Moreno' })).json
    await until(
      () => deliveries(),
      ({ data }) => data[0]?.state === 'delivered',
    )
    const { data, count, next_cursor: next } = await deliveries()
    expect([count, next]).toEqual([1, null])
    expect(data[0]).toMatchObject({
      ...{ webhook_id: id, event: 'lead.created', state: 'delivered', attempt_count: 1, response_status: 200 },
      ...{ response_body: 'ok', error: null, request_body: receiver.received[0]!.body, next_attempt_at: null },
    })
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      ...{ event: 'lead.created', organization: { name: 'OmniForge' }, data: { id: lead.id, name: 'Ada Moreno' } },
    })
    const attempts = await ask('GET', `/webhooks/deliveries/${data[0].id}/attempts`)
    expect(attempts.json).toMatchObject({
      data: [{ number: 1, status: 200, response_body: 'ok', request_headers: { 'X-Environment': MASK } }],
    })
  })

  it('what failed is sent again by hand', async () => {
    receiver.answers(503, 'busy')
    await ask('PATCH', `/leads/${(await ask('GET', '/leads?limit=1')).json.data[0].id}`, { score: 5 })
    const { data } = await until(
      () => deliveries('?event=lead.updated'),
      (found) => found.data[0]?.attempt_count === 1,
    )
    expect(data[0]).toMatchObject({
      state: 'pending',
      response_status: 503,
      response_body: 'busy',
      error: 'The answer was 503.',
    })
    receiver.answers(200, 'fine')
    const retried = await ask('POST', `/webhooks/deliveries/${data[0].id}/retry`)
    expect([retried.status, retried.json.state]).toEqual([202, 'pending'])
    await until(
      async () => (await ask('GET', `/webhooks/deliveries/${data[0].id}`)).json,
      ({ state }) => state === 'delivered',
    )
    const ids = receiver.received.slice(-2).map(({ headers }) => headers['webhook-id'])
    expect(ids[0]).toBe(ids[1])
  })

  it('a test, a replay, a new secret', async () => {
    const before = receiver.received.length
    expect((await ask('POST', `/webhooks/${id}/test`)).json).toMatchObject({ event: 'webhook_endpoint.tested' })
    const replayed = await ask('POST', `/webhooks/${id}/replay`, { since: '2026-05-23T00:00:00Z' })
    expect([replayed.status, replayed.json]).toEqual([202, { count: 2, next_since: null }])
    await until(
      async () => receiver.received.length,
      (count) => count === before + 3,
    )
    const rotated = await ask('POST', `/webhooks/${id}/rotate`, { overlap_seconds: 60 })
    expect(rotated.json.secret).toMatch(/^whsec_/)
    expect(rotated.json.secret).not.toBe(secret)
  })

  it('and it is deleted', async () => {
    expect((await ask('DELETE', `/webhooks/${id}`)).status).toBe(204)
    for (const path of [`/webhooks/${id}`, `/webhooks/${id}/deliveries`])
      expect((await ask('GET', path)).json).toEqual({ error: 'not_found' })
  })
})
