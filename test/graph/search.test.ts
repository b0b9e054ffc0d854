import { hash } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inOrganization, TenantPool } from '../../src/db/tenant.ts'
import { testServer } from '../kit/server.ts'

const server = testServer()
const { query } = TenantPool.prototype
const MANY = 6000
const INDEX = 'asset_organization_id_search_text_idx'
const VAULT_INDEX = 'password_entry_organization_id_search_text_idx'
const listed = (list: string, shown: string) => `query ($search: String) {
  list: ${list}(search: $search, orderBy: [{ field: ID, direction: ASC }], first: 200) { totalCount nodes { ${shown} } } }`
const ASSETS = listed('assets', 'name organizationId')
const ENTRIES = listed('passwordEntries', 'name: title')

let sent: pg.QueryConfig[] = []

/** Half of them the other organization's. */
const ROWS = `INSERT INTO asset (organization_id, name, serial_number, ip_address)
  SELECT 1 + i % 2, 'Thing ' || i, 'SN' || md5(i::text), '10.200.' || i / 250 || '.' || i % 250 FROM generate_series(1, ${MANY}) i`

const SECRETS = `INSERT INTO password_entry (organization_id, title, username, url, wrapped_key, key_id)
  SELECT 1 + i % 2, 'Login ' || i || ' ' || md5('title' || i), 'user-' || md5(i::text), 'https://' || md5('host' || i) || '.example.com/', '', 'none'
  FROM generate_series(1, ${MANY}) i`

beforeAll(async () => {
  await server.app.query(ROWS, [])
  await server.app.query(SECRETS, [])
  const client = new pg.Client(server.app.databaseUrl)
  await client.connect()
  await client.query('ANALYZE asset')
  await client.query('VACUUM ANALYZE password_entry')
  await client.end()
  TenantPool.prototype.query = function (this: TenantPool, statement: pg.QueryConfig | string) {
    if (typeof statement !== 'string' && statement.text.includes('search_text')) sent.push(statement)
    return query.call(this, statement)
  }
})
afterAll(() => {
  TenantPool.prototype.query = query
})

type Node = { name: string; organizationId: string }

/** What a search answers, and how PostgreSQL finds it: the statement that was sent, under the same scope. */
async function found(search: string, list = ASSETS): Promise<{ total: number; nodes: Node[]; plan: string }> {
  sent = []
  const { json } = await server.graphql(list, { search })
  const [statement, ...more] = sent
  expect(more).toEqual([])
  const { text, values } = statement!
  const explained = await inOrganization(1, () => query.call(server.app.pool, { text: `EXPLAIN ${text}`, values }))
  const plan = explained.rows.map((row) => row['QUERY PLAN']).join('\n')
  return { total: json.data.list.totalCount, nodes: json.data.list.nodes, plan }
}

const md5 = (text: string) => hash('md5', text)
const tail = (i: number) => md5(String(i)).slice(-9)

it.each([
  ['the tail of a serial number', tail(1000), ['Thing 1000']],
  ['the start of an address', '10.200.16.', [4000, 4002, 4004].map((i) => `Thing ${i}`)],
  ['several words', `thing ${tail(2000)}`, ['Thing 2000']],
  ['a word that nothing has', 'nosuchword', []],
])('%s is looked up in the index, behind row-level security', async (_what, search, names) => {
  const { plan, nodes } = await found(search)
  expect(plan).toContain(INDEX)
  expect(nodes.slice(0, 3).map(({ name }) => name)).toEqual(names)
})

it('a search finds nothing of another organization, though one index holds both', async () => {
  const { plan, total, nodes } = await found(tail(1001))
  expect(plan).toContain(INDEX)
  expect([total, nodes]).toEqual([0, []])
})

it.each([
  ['a title', `login ${md5('title4000').slice(6, 16)}`, [4000]],
  ['the tail of a user name', tail(2000), [2000]],
  ['a part of an address', md5('host3000').slice(4, 14), [3000]],
  ['another organization’s user name', tail(1001), []],
])('%s of a vault entry is looked up in the index, behind row-level security', async (_what, search, numbers) => {
  const { plan, nodes } = await found(search, ENTRIES)
  expect(plan).toContain(VAULT_INDEX)
  expect(nodes.map(({ name }) => Number(name.split(' ')[1]))).toEqual(numbers)
})

it.each(['qz', '%', 'o'])('%s, too short for an index, is looked for in the rows', async (search) => {
  expect((await found(search)).plan).not.toContain(INDEX)
})

it('what is written is found at once, and what is renamed is found by its new name alone', async () => {
  const create = 'mutation ($input: CreateAssetInput!) { createAsset(input: $input) { id } }'
  const { json } = await server.graphql(create, { input: { name: 'Quokka gateway' } })
  expect((await found('quokka')).total).toBe(1)
  const update = 'mutation ($id: ID!, $input: UpdateAssetInput!) { updateAsset(id: $id, input: $input) { id } }'
  await server.graphql(update, { id: json.data.createAsset.id, input: { name: 'Wombat gateway' } })
  expect([(await found('quokka')).total, (await found('WOMBAT')).total]).toEqual([0, 1])
})
