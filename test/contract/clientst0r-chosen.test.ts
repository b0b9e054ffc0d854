import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asSystem } from '../../src/db/tenant.ts'
import { type Serving, startServing } from '../../src/serve.ts'
import { testServer } from '../kit/server.ts'
import { type Minted, minted } from './minted.ts'

const server = testServer()
/** A second process on the same database. */
let second: Serving
/** Owner at home and administrator at the customer; editor at home and reader at the customer. */
let owner: Minted
let editor: Minted
let home = 0
let customer = 0
beforeAll(async () => {
  owner = await minted(server, { family: 'clientst0r' })
  editor = await minted(server, { family: 'clientst0r', role: 'editor' })
  home = owner.organizationId
  const [found] = await server.app.query<{ id: number }>(`SELECT id FROM organization WHERE slug = 'bluefin'`, [])
  customer = found!.id
  second = await startServing({ ...server.app.config, port: 0 }, () => {})
})
afterAll(() => second?.stop())

type Asking = { method?: string; body?: unknown; headers?: Record<string, string> }
const ask = (path: string, { token }: Minted, more: Asking = {}) => server.request(path, { key: token, ...more })

describe('what is kept of a request for a chosen organization', () => {
  it('is the change, its event and its audit row there, and nothing at home', async () => {
    const body = { name: 'crane', tag_ids: [] }
    const made = await ask('/api/assets/?organization=bluefin', owner, { method: 'POST', body })
    expect(made.json).toMatchObject({ organization: customer, created_by: owner.ownerId, name: 'crane' })
    const requestId = made.headers.get('x-request-id')!
    await server.app.usage.flush()
    const { prisma } = server.app
    const rows = await asSystem(async () => ({
      audit: await prisma.auditEvent.findMany({ where: { requestId } }),
      events: await prisma.event.findMany({ where: { requestId } }),
      log: await prisma.requestLog.findMany({ where: { requestId } }),
    }))
    expect(rows.audit).toMatchObject([
      { organizationId: customer, action: 'asset.created', actorKind: 'key', actorId: owner.id, actorName: 'contract' },
    ])
    expect(rows.events).toMatchObject([{ organizationId: customer, type: 'asset.created' }])
    expect(rows.log).toMatchObject([
      { organizationId: customer, apiKeyId: owner.id, userId: owner.ownerId, status: 201, path: '/api/assets/' },
    ])
  })

  it('is a line at home where the choice was refused', async () => {
    const { headers } = await ask('/api/assets/?organization=canary', owner)
    await server.app.usage.flush()
    const where = { requestId: headers.get('x-request-id')! }
    const log = await asSystem(async () => server.app.prisma.requestLog.findMany({ where }))
    expect(log).toMatchObject([{ organizationId: home, apiKeyId: owner.id, status: 404 }])
  })

  it('is one bucket, the key’s', async () => {
    const key = await minted(server, { family: 'clientst0r', capacity: 40, refillPerSecond: 0.001 })
    const left = async (path: string) => (await ask(path, key)).headers.get('x-ratelimit-remaining')
    expect([await left('/api/assets/1/'), await left('/api/assets/?organization=bluefin')]).toEqual(['39', '38'])
  })

  it('is an answer under an Idempotency-Key that the other organization does not repeat', async () => {
    const headers = { 'idempotency-key': 'the same in both' }
    const post = (organization: string) =>
      ask('/api/vehicles/', owner, {
        method: 'POST',
        body: { name: 'twice' },
        headers: { ...headers, 'x-organization': organization },
      })
    const [here, there, again] = [await post('omniforge'), await post('bluefin'), await post('bluefin')]
    expect(there.json.id).not.toBe(here.json.id)
    expect([again.json, again.headers.get('idempotent-replayed')]).toEqual([there.json, 'true'])
  })
})

describe('whoever is demoted or removed', () => {
  const inSecond = (path: string, init: RequestInit = {}) =>
    fetch(second.url + path, {
      ...init,
      headers: { authorization: `Bearer ${editor.token}`, 'content-type': 'application/json' },
    })
  const write = (path: string) => inSecond(path, { method: 'POST', body: '{"name":"x"}' }).then(({ status }) => status)
  const read = (path: string) => inSecond(path).then(({ status }) => status)
  const here = async (path: string) => (await ask(path, editor)).status
  const there = '/api/vehicles/?organization=bluefin'

  /** By whatever way the row is changed; every process has heard once the echo is back. */
  async function changed(sql: string): Promise<void> {
    await server.app.query(sql, [customer, editor.ownerId])
    await server.app.announced()
  }

  it('is so on the next request, in every process', async () => {
    await changed(`UPDATE membership SET role = 'editor' WHERE organization_id = $1 AND user_id = $2`)
    expect([await write(there), await write('/api/vehicles/')]).toEqual([201, 201])
    await changed(`UPDATE membership SET role = 'readonly' WHERE organization_id = $1 AND user_id = $2`)
    expect([await write(there), await read(there), await write('/api/vehicles/')]).toEqual([403, 200, 201])
    await changed('DELETE FROM membership WHERE organization_id = $1 AND user_id = $2')
    expect([await read(there), await here(there), await read('/api/vehicles/')]).toEqual([404, 404, 200])
    expect(((await (await inSecond('/api/organizations/')).json()) as { count: number }).count).toBe(1)
  })

  it('is so too at home', async () => {
    await server.app.query(`UPDATE membership SET role = 'readonly' WHERE organization_id = $1 AND user_id = $2`, [
      ...[home, editor.ownerId],
    ])
    await server.app.announced()
    expect([await write('/api/vehicles/'), await read('/api/vehicles/')]).toEqual([403, 200])
  })

  it('is a stranger once disabled', async () => {
    await server.app.query(`UPDATE app_user SET status = 'disabled' WHERE id = $1`, [editor.ownerId])
    await server.app.announced()
    expect([await read('/api/vehicles/'), await here('/api/vehicles/')]).toEqual([401, 401])
  })
})
