import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { notifyAccess } from '../../src/access/credential-cache.ts'
import { mintKey } from '../../src/access/token.ts'
import { asSystem } from '../../src/db/tenant.ts'
import { type Serving, startServing } from '../../src/serve.ts'
import { type Answer, testServer } from '../kit/server.ts'
import { type Minted, minted } from './minted.ts'

const server = testServer()
let admin = ''
/** A second process on the same database. */
let second: Serving
beforeAll(async () => {
  admin = (await minted(server)).token
  second = await startServing({ ...server.app.config, port: 0 }, () => {})
})
afterAll(() => second?.stop())

const FAMILIES = ['dashboard', 'devsphere', 'clientst0r'] as const
type Family = (typeof FAMILIES)[number]

const me = (key: string, headers: Record<string, string> = {}) => server.request('/api/v1/me', { key, headers })
const inSecond = (key: string) =>
  fetch(`${second.url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } }).then(({ status }) => status)

async function graphql(query: string, variables: object = {}, key = admin) {
  const { json } = await server.graphql(query, variables as Record<string, unknown>, key)
  expect(json.errors).toBeUndefined()
  return json.data
}

const CREATE = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id prefix } } }'
const create = async (family: Family, scopes: readonly string[]) =>
  (await graphql(CREATE, { input: { name: 'made', family: family.toUpperCase(), scopes } })).createApiKey
const revoke = (id: string | number) => graphql('mutation ($id: ID!) { revokeApiKey(id: $id) { revokedAt } }', { id })
const rotate = async (id: string | number, overlapSeconds = 0) => {
  const query =
    'mutation ($id: ID!, $input: RotateApiKeyInput) { rotateApiKey(id: $id, input: $input) { secret apiKey { id } } }'
  return (await graphql(query, { id, input: { overlapSeconds } })).rotateApiKey
}

/** Everything of an answer that a caller could tell one reason from another by. */
function told({ status, headers, text }: Answer) {
  const id = headers.get('x-request-id') ?? ''
  const shown = [...headers].filter(([name]) => !/^(date|x-request-id|x-ratelimit-remaining|ratelimit)$/.test(name))
  return { status, headers: shown, body: text.replace(id, '…') }
}

describe('the form of a key', () => {
  it.each([
    ['dashboard', /^dsk_[0-9A-Za-z]{38}$/, ['apps']],
    ['devsphere', /^dvs_live_[0-9A-Za-z]+\.[0-9A-Za-z]+$/, ['leads:read']],
    ['clientst0r', /^itdocs_live_[0-9A-Za-z]+$/, []],
  ] as const)('of the family %s is the documented one', async (family, form, scopes) => {
    const { secret, apiKey } = await create(family, scopes)
    expect(secret).toMatch(form)
    expect(secret.startsWith(apiKey.prefix)).toBe(true)
    expect(apiKey.prefix.length).toBeLessThan(secret.length - 25)
    expect((await me(secret)).status).toBe(200)
  })
})

describe('a refused credential', () => {
  const refusals = async (): Promise<Record<string, string>> => {
    const revoked = await minted(server)
    await revoke(revoked.id)
    const expired = await minted(server, { expiresAt: new Date('2026-05-23T11:41:59Z') })
    const elsewhere = await minted(server, { allowedCidrs: ['203.0.113.0/24'] })
    const typo = `${admin.slice(0, -1)}${admin.endsWith('x') ? 'y' : 'x'}`
    const unknown = mintKey('dashboard').key
    return { revoked: revoked.token, expired: expired.token, elsewhere: elsewhere.token, typo, unknown, word: 'hello' }
  }

  it('is answered alike for every reason', async () => {
    const keys = await refusals()
    const answers = await Promise.all(Object.values(keys).map((key) => me(key)))
    for (const answer of answers) expect(told(answer)).toEqual(told(answers[0]!))
    expect(answers[0]!.status).toBe(401)
    expect(answers[0]!.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  })

  it.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'Bearer a b', 'dsk_x', 'Token x'])(
    '%j is no better',
    async (authorization) => {
      const { status, json } = await server.request('/api/v1/me', { headers: { authorization } })
      expect([status, json.code]).toEqual([401, 'invalid_token'])
    },
  )

  it('that is absent is asked for', async () => {
    const { status, headers, json } = await server.request('/api/v1/me')
    expect([status, headers.get('www-authenticate'), json.code]).toEqual([401, 'Bearer', 'unauthenticated'])
  })

  it.each(['key', 'api_key', 'access_token', 'token', 'authorization'])(
    'in the query string as %s is not read',
    async (name) => {
      const { status, headers } = await server.request(`/api/v1/me?${name}=${admin}`)
      expect([status, headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
      const { status: graph } = await server.request(`/graphql?query={__typename}&${name}=${admin}`)
      expect(graph).toBe(401)
    },
  )

  it('in any other header is not read', async () => {
    const headers = { 'x-api-key': admin, cookie: `token=${admin}`, 'proxy-authorization': `Bearer ${admin}` }
    expect((await server.request('/api/v1/me', { headers })).status).toBe(401)
  })
})

describe('a key', () => {
  it('works from its ranges only, and may name several', async () => {
    const here = await minted(server, { allowedCidrs: ['203.0.113.0/24', '127.0.0.0/8'] })
    expect((await me(here.token)).status).toBe(200)
    const there = await minted(server, { allowedCidrs: ['127.0.0.2'] })
    expect((await me(there.token)).status).toBe(401)
    expect((await me(there.token, { 'x-forwarded-for': '127.0.0.2' })).status).toBe(401)
  })

  it('works until it expires', async () => {
    const later = await minted(server, { expiresAt: new Date('2026-05-23T11:42:01Z') })
    const now = await minted(server, { expiresAt: new Date('2026-05-23T11:42:00Z') })
    expect([(await me(later.token)).status, (await me(now.token)).status]).toEqual([200, 401])
  })

  it('that is rotated keeps its id and takes a new secret', async () => {
    const before = await minted(server)
    expect((await me(before.token)).status).toBe(200)
    const { secret, apiKey } = await rotate(before.id)
    expect(Number(apiKey.id)).toBe(before.id)
    expect([(await me(before.token)).status, (await me(secret)).status]).toEqual([401, 200])
    expect((await me(secret)).json.keyId).toBe(before.id)
  })

  it('that is rotated with an overlap has two secrets for so long, and one bucket', async () => {
    const before = await minted(server)
    const { secret } = await rotate(before.id, 60)
    expect([(await me(before.token)).status, (await me(secret)).status]).toEqual([200, 200])
    expect((await me(before.token)).json.keyId).toBe(before.id)
    const again = await rotate(before.id)
    expect([(await me(before.token)).status, (await me(secret)).status, (await me(again.secret)).status]).toEqual([
      401, 401, 200,
    ])
  })

  it('that is revoked fails on the next request, in every process', async () => {
    const { id, token } = await minted(server)
    expect([(await me(token)).status, await inSecond(token)]).toEqual([200, 200])
    await revoke(id)
    expect((await me(token)).status).toBe(401)
    expect(await inSecond(token)).toBe(401)
  })

  it('loses what its owner loses', async () => {
    const { token, ownerId, organizationId } = await minted(server, { role: 'editor', scopes: ['leads:write'] })
    const write = () => server.request('/api/v1/leads', { method: 'POST', key: token, body: { name: 'x' } })
    expect((await write()).status).toBe(201)
    expect(await inSecond(token)).toBe(200)
    await asSystem(async () => {
      const where = { organizationId, id: ownerId }
      await server.app.prisma.membership.updateMany({ where, data: { role: 'readonly' } })
    })
    await server.app.query(notifyAccess, [`user:${ownerId}`])
    await expect.poll(async () => (await write()).status).toBe(403)
    expect((await server.request('/api/v1/leads', { key: token })).status).toBe(200)
  })

  it('never allows more than whoever makes it', async () => {
    const editor = await minted(server, { family: 'clientst0r', role: 'admin', scopes: ['keys:read', 'assets:read'] })
    const { json } = await server.graphql(
      CREATE,
      { input: { name: 'x', family: 'CLIENTST0R', scopes: ['assets:write'] } },
      editor.token,
    )
    expect(json.errors[0].extensions.code).toBe('FORBIDDEN')
  })
})

describe('what is kept of a key in use', () => {
  let used: Minted
  beforeAll(async () => {
    used = await minted(server, { scopes: ['notes'] })
    await me(used.token)
    await server.request('/api/v1/hr', { key: used.token })
    await server.app.usage.flush()
  })

  it('is the time and the address of its last use', async () => {
    const query = 'query ($id: ID!) { apiKey(id: $id) { lastUsedAt lastUsedAddress } }'
    expect((await graphql(query, { id: used.id })).apiKey).toEqual({
      ...{ lastUsedAt: '2026-05-23T11:42:00Z', lastUsedAddress: '127.0.0.1' },
    })
  })

  it('is one line for each request, refusals included', async () => {
    const rows = await asSystem(async () =>
      server.app.prisma.requestLog.findMany({ where: { apiKeyId: used.id }, orderBy: { id: 'asc' } }),
    )
    expect(rows).toMatchObject([
      { method: 'GET', path: '/api/v1/me', status: 200, address: '127.0.0.1', dialect: 'dashboard', cost: 1 },
      { method: 'GET', path: '/api/v1/hr', status: 403 },
    ])
  })
})

describe('the secret of a key', () => {
  const columns = `SELECT table_schema AS schema, table_name AS "table", column_name AS "column"
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`

  it('is nowhere in the database, in no column of no table', async () => {
    const families: Record<Family, string[]> = { dashboard: ['apps'], devsphere: ['leads:read'], clientst0r: [] }
    const secrets: string[] = []
    for (const family of FAMILIES) {
      const { secret, apiKey } = await create(family, families[family])
      await me(secret)
      await server.request(`/api/v1/me?key=${secret}`)
      secrets.push(secret, (await rotate(apiKey.id, 60)).secret)
    }
    await server.app.usage.flush()
    const client = new pg.Client(server.app.databaseUrl)
    await client.connect()
    try {
      const { rows } = await client.query<{ schema: string; table: string; column: string }>(columns)
      expect(rows.length).toBeGreaterThan(200)
      for (const { schema, table, column } of rows) {
        const { rows: hits } = await client.query(
          `SELECT 1 FROM "${schema}"."${table}" t, unnest($1::text[]) hidden (word)
           WHERE strpos(t."${column}"::text, hidden.word) > 0
              OR strpos(t."${column}"::text, encode(convert_to(hidden.word, 'UTF8'), 'hex')) > 0 LIMIT 1`,
          [secrets.flatMap((secret) => [secret, secret.slice(-32)])],
        )
        expect([table, column, hits]).toEqual([table, column, []])
      }
    } finally {
      await client.end()
    }
  })
})
