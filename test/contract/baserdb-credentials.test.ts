import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { minted } from './minted.ts'

const server = testServer()
let owner = ''
let admin = ''
let reader = ''
beforeAll(async () => {
  owner = (await minted(server)).token
  admin = (await minted(server, { role: 'admin', isAdmin: true })).token
  reader = (await minted(server, { role: 'readonly', isAdmin: true })).token
})

const ask = (method: string, path: string, body?: unknown, as: string = owner) =>
  server.request(`/api/v1/${path}`, { method, key: as, ...(body !== undefined && { body }) })
const get = (path: string, as?: string) => ask('GET', path, undefined, as)

const CREDENTIAL = [
  ...['id', 'group_id', 'name', 'description', 'kind', 'engine', 'host', 'port', 'database', 'username', 'masked_uri'],
  ...['access', 'expires_at', 'revoked_at', 'rotated_at', 'requires_reason', 'requires_approval', 'minimum_role'],
  ...['reveals_per_hour', 'created_at', 'updated_at'],
]
const GRANT = [
  ...['id', 'credential_id', 'user_id', 'reason', 'state', 'single_use', 'expires_at', 'decided_by_id', 'decided_at'],
  ...['used_at', 'created_at'],
]
const SECRET = 'CANARY-4e2f'
const uri = `postgresql://app:${SECRET}@db.example.com:5432/orders?sslmode=require&sslpassword=${SECRET}`
const masked = 'postgresql://app:********@db.example.com:5432/orders?sslmode=require&sslpassword=********'
const reason = { reason: 'The disk has to be replaced.' }

async function create(more: object = {}): Promise<Record<string, any>> {
  const { status, json } = await ask('POST', 'credentials', { name: 'Contract', uri, ...more })
  expect(status).toBe(201)
  return json.data
}

describe('/api/v1/credentials', () => {
  it('are listed by name, masked, filtered and paged', async () => {
    const { status, json, text } = await get('credentials')
    expect([status, Object.keys(json)]).toEqual([200, ['success', 'data', 'meta', 'error']])
    expect(json.meta.pagination).toEqual({ limit: 50, next_cursor: null, total: 8 })
    expect(Object.keys(json.data[0])).toEqual(CREDENTIAL)
    expect(text).not.toContain('demo-')
    const names = async (query: string) => (await get(`credentials?${query}`)).json.data.map((row: any) => row.name)
    expect(await names('engine=postgresql')).toEqual(['Orders', 'Orders, read only', 'Orders, staging'])
    expect(await names('host=cache.omniforge.example.com')).toEqual(['Sessions'])
    expect(await names('kind=issued')).toEqual([])
    const group = json.data.find(({ name }: { name: string }) => name === 'Portal').group_id
    expect(await names(`group_id=${group}`)).toEqual(['Portal', 'Sessions'])
    const first = (await get('credentials?limit=7')).json
    expect(await names(`limit=7&cursor=${first.meta.pagination.next_cursor}`)).toEqual(['Warehouse'])
  })

  it('are kept, shown masked, changed and deleted', async () => {
    const made = await create({ description: 'The primary.', requires_approval: false })
    expect(Object.keys(made)).toEqual(CREDENTIAL)
    expect(made).toMatchObject({
      ...{ kind: 'stored', engine: 'postgresql', host: 'db.example.com', port: 5432, database: 'orders' },
      ...{ username: 'app', masked_uri: masked, access: null, revoked_at: null },
      ...{ requires_reason: true, requires_approval: false, minimum_role: 'admin', reveals_per_hour: 10 },
    })
    const shown = await get(`credentials/${made.id}`)
    expect(shown.json.data).toEqual(made)
    const path = `credentials/${made.id}`
    const changed = await ask('PATCH', path, { name: 'Renamed', uri: masked, minimum_role: 'owner' })
    expect([changed.status, changed.json.data]).toEqual([
      200,
      expect.objectContaining({ name: 'Renamed', minimum_role: 'owner' }),
    ])
    const gone = await ask('DELETE', path)
    expect([gone.status, gone.json.data]).toEqual([200, changed.json.data])
    expect((await get(path)).status).toBe(404)
    for (const { text } of [shown, changed, gone]) expect(text).not.toContain(SECRET)
  })

  it('400 where a URI cannot be read, and the refusal does not repeat it', async () => {
    for (const wrong of [`postgresql://app:${SECRET}@x@db/orders`, `https://${SECRET}.example.com`, masked]) {
      const { status, json, text } = await ask('POST', 'credentials', { name: 'x', uri: wrong })
      expect([status, json.error.code, Object.keys(json.error.details.fields)]).toEqual([
        400,
        'invalid_request',
        ['uri'],
      ])
      expect(text).not.toContain(SECRET)
    }
    expect((await ask('POST', 'credentials', { name: 'x' })).status).toBe(400)
    expect((await ask('POST', 'credentials', { name: 'x', uri, masked_uri: 'y' })).status).toBe(400)
  })

  it('a tag tells of another URI only that there is one', async () => {
    const { id } = await create()
    const etag = async () => (await get(`credentials/${id}`)).headers.get('etag')!
    const before = await etag()
    const late = { 'if-match': before }
    await ask('PATCH', `credentials/${id}`, { uri: uri.replaceAll(SECRET, 'another') })
    expect(await etag()).not.toBe(before)
    const path = `/api/v1/credentials/${id}`
    expect((await server.request(path, { method: 'DELETE', key: owner, headers: late })).status).toBe(412)
  })

  it('403 names what is missing, 404 where there is none', async () => {
    expect((await get('credentials', reader)).status).toBe(200)
    const { id } = await create()
    for (const [method, path, body, need] of [
      ['POST', 'credentials', { name: 'x', uri }, 'credentials:manage'],
      ['PATCH', `credentials/${id}`, {}, 'credentials:manage'],
      ['DELETE', `credentials/${id}`, undefined, 'credentials:manage'],
      ['POST', `credentials/${id}/reveal`, reason, 'credentials:reveal'],
      ['POST', `credentials/${id}/request`, reason, 'credentials:reveal'],
    ] as const) {
      const { status, json } = await ask(method, path, body, reader)
      expect([status, json.error.details.need], `${method} ${path}`).toEqual([403, need])
      if (path !== 'credentials')
        expect((await ask(method, path.replace(String(id), '2000000000'), body)).status, path).toBe(404)
    }
  })
})

describe('POST /api/v1/credentials/:id/reveal', () => {
  it('shows the URI to whoever the policy lets, to be stored nowhere', async () => {
    const { id } = await create()
    const { status, json, headers } = await ask('POST', `credentials/${id}/reveal`, reason)
    expect([status, headers.get('cache-control'), headers.get('etag')]).toEqual([200, 'no-store', null])
    expect(json.data).toEqual({ id, uri, credential: (await get(`credentials/${id}`)).json.data })
    const [row] = await server.app.query(
      'SELECT action, target_id, actor_name, changes FROM audit_event ORDER BY id DESC LIMIT 1',
      [],
    )
    expect(row).toEqual({
      ...{ action: 'credential.revealed', target_id: String(id), actor_name: 'contract' },
      changes: { id, name: 'Contract', ...reason },
    })
  })

  it('no copy is kept for a repeated request: it is refused, and the reveal was audited once', async () => {
    const { id } = await create()
    const headers = { 'idempotency-key': `reveal-${id}` }
    const once = () =>
      server.request(`/api/v1/credentials/${id}/reveal`, { method: 'POST', key: owner, body: reason, headers })
    expect((await once()).text).toContain(SECRET)
    const again = await once()
    expect(again.text).not.toContain(SECRET)
    const kept = await server.app.query<{ row: string }>('SELECT r::text AS row FROM idempotency_record r', [])
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.filter(({ row }) => row.includes(SECRET) || row.includes(Buffer.from(SECRET).toString('hex')))).toEqual(
      [],
    )
  })

  it('400 without a reason, 403 for too low a role, 429 beyond the hour’s number', async () => {
    const { id } = await create({ reveals_per_hour: 1 })
    const path = `credentials/${id}/reveal`
    for (const body of [undefined, {}, { reason: ' ' }]) {
      const { status, json } = await ask('POST', path, body)
      expect([status, Object.keys(json.error.details.fields)]).toEqual([400, ['reason']])
    }
    expect((await ask('POST', path, reason)).status).toBe(200)
    const { status, json, headers } = await ask('POST', path, reason, admin)
    expect([status, json.error.code, headers.get('retry-after')]).toEqual([429, 'rate_limited', '3600'])
    const { id: owners } = await create({ minimum_role: 'owner' })
    const refused = await ask('POST', `credentials/${owners}/reveal`, reason, admin)
    expect([refused.status, refused.json.error.code]).toEqual([403, 'forbidden'])
  })

  it('429 for whoever reads secrets by the dozen, whichever door they use', async () => {
    const { token } = await minted(server)
    const { id } = await create({ reveals_per_hour: 1000 })
    const statuses: number[] = []
    for (let i = 0; i < 31; i += 1) statuses.push((await ask('POST', `credentials/${id}/reveal`, reason, token)).status)
    expect(statuses).toEqual([...Array(30).fill(200), 429])
    const mutation = `mutation { revealCredential(id: ${id}, input: { reason: "again" }) { uri } }`
    expect((await server.graphql(mutation, {}, token)).json.errors[0].extensions.code).toBe('RATE_LIMITED')
  })

  it('needs a second person where the policy asks for one', async () => {
    const { id } = await create({ requires_approval: true })
    const path = `credentials/${id}`
    const early = await ask('POST', `${path}/reveal`, reason, admin)
    expect([early.status, early.json.error.code]).toEqual([403, 'forbidden'])
    const asked = await ask('POST', `${path}/request`, reason, admin)
    expect([asked.status, Object.keys(asked.json.data), asked.json.data.state]).toEqual([201, GRANT, 'pending'])
    const grant = `credentials/grants/${asked.json.data.id}`
    expect((await ask('POST', `${grant}/approve`, {}, admin)).status).toBe(403)
    const approved = await ask('POST', `${grant}/approve`, { single_use: true })
    expect([approved.status, approved.json.data]).toEqual([200, (await get(grant)).json.data])
    expect((await ask('POST', `${grant}/refuse`)).status).toBe(409)
    const shown = await ask('POST', `${path}/reveal`, reason, admin)
    expect([shown.status, shown.json.data.uri]).toEqual([200, uri])
    expect((await ask('POST', `${path}/reveal`, reason, admin)).status).toBe(403)
    const listed = (await get(`credentials/grants?credential_id=${id}&state=used`)).json.data
    expect(listed.map((row: { id: number }) => row.id)).toEqual([asked.json.data.id])
  })

  it('is told to nobody but whoever asked: events, audit and graph stay masked', async () => {
    const { id } = await create()
    await ask('POST', `credentials/${id}/reveal`, reason)
    for (const table of ['event', 'audit_event', 'request_log', 'webhook_delivery', 'credential']) {
      const rows = await server.app.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`, [])
      expect(
        rows.filter(({ row }) => row.includes(SECRET)),
        table,
      ).toEqual([])
    }
    const { text } = await server.graphql(
      '{ credentials(first: 200) { nodes { maskedUri group { id } grants { nodes { reason } } } } }',
    )
    expect(text).not.toContain(SECRET)
    expect((await get('audit/events?limit=200')).text).not.toContain(SECRET)
  })
})

describe('what is logged', () => {
  it('of reveals, refusals and faults holds no secret', async () => {
    const { log } = server.app
    const lines: unknown[] = []
    const noted = (fields: object, message: string) => void lines.push([message, fields])
    server.app.log = { info: noted, warn: noted, error: noted }
    try {
      const [one, other] = [await create(), await create()]
      await ask('POST', `credentials/${one.id}/reveal`, reason)
      await ask('POST', 'credentials', { name: 'x', uri: `postgresql://app:${SECRET}@x@db/orders` })
      const swap = 'UPDATE credential t SET uri = f.uri FROM credential f WHERE t.id = $1 AND f.id = $2'
      await server.app.query(swap, [one.id, other.id])
      const { status, text } = await ask('POST', `credentials/${one.id}/reveal`, reason)
      expect([status, text.includes(SECRET)]).toEqual([500, false])
    } finally {
      server.app.log = log
    }
    const told = inspect(lines, { depth: null, maxStringLength: null })
    expect(told).toContain('cannot be opened')
    expect(told).not.toContain(SECRET)
  })
})

describe('POST /api/v1/credentials/issue', () => {
  const issue = async (more: object = {}) => {
    const { data: groups } = (await get('groups?slug=reporting')).json
    return ask('POST', 'credentials/issue', { name: 'Analyst', group_id: groups[0].id, ...more })
  }

  it('makes a role of the database for a group, whose URI is revealed like any other', async () => {
    const { status, json, text } = await issue({ access: 'read_write', minimum_role: 'owner' })
    expect([status, Object.keys(json.data)]).toEqual([201, CREDENTIAL])
    expect(json.data).toMatchObject({
      kind: 'issued',
      engine: 'postgresql',
      access: 'read_write',
      minimum_role: 'owner',
    })
    expect(json.data.expires_at).toBe('2026-06-22T11:42:00Z')
    const { id, masked_uri } = json.data
    const shown = (await ask('POST', `credentials/${id}/reveal`, reason)).json.data.uri as string
    expect(masked_uri).toBe(shown.replace(/:[^:@]+@/, ':********@'))
    expect(text).not.toContain(new URL(shown).password)
    expect((await get('credentials?kind=issued')).json.data.map((row: { id: number }) => row.id)).toContain(id)
  })

  it('is rotated and revoked, and nothing is left to reveal', async () => {
    const { id } = (await issue()).json.data
    const uriOf = async () => (await ask('POST', `credentials/${id}/reveal`, reason)).json.data?.uri
    const before = await uriOf()
    const rotated = await ask('POST', `credentials/${id}/rotate`)
    expect([rotated.status, Object.keys(rotated.json.data)]).toEqual([200, CREDENTIAL])
    const after = await uriOf()
    expect([new URL(after).username, after === before]).toEqual([new URL(before).username, false])
    const revoked = await ask('POST', `credentials/${id}/revoke`)
    expect([revoked.status, revoked.json.data.revoked_at]).toEqual([200, expect.any(String)])
    for (const path of ['rotate', 'revoke', 'reveal']) {
      const { status, json } = await ask('POST', `credentials/${id}/${path}`, path === 'reveal' ? reason : undefined)
      expect([status, json.error.code], path).toEqual([409, 'conflict'])
    }
    const { data: audited } = (await get(`audit/events?target=credential&target_id=${id}`)).json
    const actions = audited.map(({ action }: { action: string }) => action)
    expect(actions.sort()).toEqual(
      ['created', 'revealed', 'revealed', 'revoked', 'rotated'].map((verb) => `credential.${verb}`),
    )
    for (const table of ['event', 'audit_event', 'credential']) {
      const rows = await server.app.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`, [])
      for (const { password } of [new URL(before), new URL(after)])
        expect(
          rows.filter(({ row }) => row.includes(password)),
          table,
        ).toEqual([])
    }
  })

  it('400 for a group that is not there or an end that is over, 403 without permission, 409 for what was not issued', async () => {
    const nowhere = await issue({ group_id: 2_000_000_000 })
    expect([nowhere.status, Object.keys(nowhere.json.error.details.fields)]).toEqual([400, ['group_id']])
    const over = await issue({ expires_at: '2026-05-01T00:00:00Z' })
    expect([over.status, Object.keys(over.json.error.details.fields)]).toEqual([400, ['expires_at']])
    const { id } = await create()
    for (const path of [`credentials/${id}/rotate`, `credentials/${id}/revoke`]) {
      expect((await ask('POST', path, undefined, reader)).json.error.details.need).toBe('credentials:manage')
      expect((await ask('POST', path)).status).toBe(409)
      expect((await ask('POST', path.replace(String(id), '2000000000'))).status).toBe(404)
    }
    expect((await ask('POST', 'credentials/issue', { name: 'x', group_id: 1 }, reader)).status).toBe(403)
  })
})
