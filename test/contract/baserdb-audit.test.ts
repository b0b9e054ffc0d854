import { beforeAll, describe, expect, it } from 'vitest'
import { sealAudit } from '../../src/audit/trail/seal.ts'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let key = ''
beforeAll(async () => {
  key = (await minted(server)).token
  for (const name of ['Ada', 'Grace', 'Hedy'])
    await server.request('/api/v1/leads', { method: 'POST', key, body: { name } })
  await sealAudit(server.app.pool)
})

const get = (path: string, as: string | undefined = key) => server.request(path, { key: as })
const events = async (query: string) => (await get(`/api/v1/audit/events${query}`)).json

describe('GET /api/v1/audit/events', () => {
  it('lists the trail, the latest first, in the envelope', async () => {
    const { status, json } = await get('/api/v1/audit/events')
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['success', 'data', 'meta', 'error'])
    expect(json.meta.pagination).toEqual({ limit: 50, next_cursor: null, total: json.data.length })
    expect(json.data[0]).toEqual({
      ...{ id: expect.any(Number), actor_kind: 'key', actor_id: expect.any(Number), actor_name: 'contract' },
      ...{ action: 'lead.created', target_type: 'lead', target_id: expect.stringMatching(/^\d+$/) },
      changes: expect.objectContaining({ name: 'Hedy' }),
      ...{ address: expect.any(String), request_id: expect.any(String), at: expect.any(String) },
      position: json.data.length,
      ...{ previous_hash: json.data[1].hash, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    })
  })

  it('is read on by its cursor', async () => {
    const first = await events('?limit=2')
    expect(first.data).toHaveLength(2)
    const second = await events(`?limit=2&cursor=${first.meta.pagination.next_cursor}`)
    const all = await events('')
    expect([...first.data, ...second.data]).toEqual(all.data.slice(0, 4))
  })

  it.each([
    ['actor=contract', 3],
    ['actor=nobody', 0],
    ['actor_kind=key', 3],
    ['action=lead.created', 3],
    ['action=lead.deleted', 0],
    ['target=lead&actor=contract', 3],
    ['target=job', 1],
    ['from=2026-05-23T11:42:00Z', 3],
    ['from=2026-05-23T11:42:01Z', 0],
    ['to=2026-05-23T11:41:59Z', 4],
  ])('is filtered by %s', async (query, count) => {
    expect((await events(`?${query}`)).data).toHaveLength(count)
  })

  it('is filtered by what was changed, and by whom', async () => {
    const [latest] = (await events('')).data
    const { target_id, actor_id } = latest
    expect((await events(`?target=lead&target_id=${target_id}`)).data).toEqual([latest])
    expect((await events(`?actor_id=${actor_id}&actor_kind=key`)).data).toHaveLength(3)
  })

  it('refuses a filter that it does not know, and a time that is none', async () => {
    expect((await get('/api/v1/audit/events?who=me')).status).toBe(400)
    const { status, json } = await get('/api/v1/audit/events?from=yesterday')
    expect([status, Object.keys(json.error.details.fields)]).toEqual([400, ['from']])
  })

  it('shows what changed to those alone who may read it', async () => {
    const { token } = await minted(server, { scopes: ['audit:read', 'leads:read'] })
    const { json } = await get('/api/v1/audit/events', token)
    const told = (action: string) => json.data.find((row: { action: string }) => row.action === action).changes
    expect([told('lead.created')?.name, told('password_entry.revealed')]).toEqual(['Hedy', null])
  })
})

describe('GET /api/v1/audit/verify', () => {
  it('proves the chain', async () => {
    const total = (await events('')).data.length
    const { status, json, headers } = await get('/api/v1/audit/verify')
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(json.data).toEqual({
      ...{ valid: true, checked: total, unsealed: 0, first_broken: null, last_position: total },
      last_hash: (await events('')).data[0].hash,
    })
  })

  it('says how much is not sealed yet', async () => {
    await server.request('/api/v1/leads', { method: 'POST', key, body: { name: 'Late' } })
    expect((await get('/api/v1/audit/verify')).json.data).toMatchObject({ valid: true, unsealed: 1 })
    await sealAudit(server.app.pool)
    expect((await get('/api/v1/audit/verify')).json.data).toMatchObject({ valid: true, unsealed: 0 })
  })

  it('is the other organization’s own for the other organization', async () => {
    const { token } = await minted(server, { organization: 1 })
    const { json } = await get('/api/v1/audit/events', token)
    expect(json.data).toHaveLength(1)
    expect((await get('/api/v1/audit/verify', token)).json.data).toMatchObject({ valid: true, checked: 1 })
  })
})

describe.each(['events', 'verify'])('/api/v1/audit/%s', (path) => {
  it('needs audit:read', async () => {
    const { token } = await minted(server, { scopes: ['leads:read'] })
    const { status, json } = await get(`/api/v1/audit/${path}`, token)
    expect([status, json.error.details]).toEqual([403, { need: 'audit:read' }])
    const editor = await minted(server, { family: 'clientst0r', role: 'editor' })
    expect((await get(`/api/v1/audit/${path}`, editor.token)).status).toBe(403)
  })

  it('is only read', async () => {
    for (const method of ['POST', 'PATCH', 'DELETE'])
      expect((await server.request(`/api/v1/audit/${path}`, { method, key })).status, method).toBe(405)
  })
})
