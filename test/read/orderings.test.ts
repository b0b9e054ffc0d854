import { parse } from 'graphql'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TenantPool } from '../../src/db/tenant.ts'
import { schema } from '../../src/schema.ts'
import { Caller } from '../guards/generate/caller.ts'
import { testServer } from '../kit/server.ts'
import { Oracle } from './oracle.ts'

type Direction = 'ASC' | 'DESC'

/** What people order by is read from an index; every other order is a bounded sort of one organization's rows. */
const INDEXED: Record<string, { type: string; both: string; asc?: string; desc?: string }> = {
  assets: {
    type: 'Asset',
    both: 'ID NAME ASSET_TYPE ORGANIZATION_ID CREATED_AT UPDATED_AT',
    asc: 'MANUFACTURER HOSTNAME IP_ADDRESS LOCATION',
  },
  vehicles: {
    type: 'Vehicle',
    both: 'ID NAME STATUS CREATED_AT UPDATED_AT',
    asc: 'LICENSE_PLATE INSURANCE_EXPIRES_AT REGISTRATION_EXPIRES_AT',
    desc: 'CURRENT_MILEAGE',
  },
  monitors: { type: 'Monitor', both: 'ID NAME STATUS CREATED_AT UPDATED_AT', asc: 'SSL_EXPIRES_AT' },
  passwordEntries: {
    type: 'PasswordEntry',
    both: 'ID TITLE PASSWORD_TYPE CREATED_AT UPDATED_AT',
    asc: 'USERNAME EXPIRES_AT',
  },
}

const server = testServer()
const { query } = TenantPool.prototype
let sent: pg.QueryConfig | undefined
let client: pg.Client
let caller: Caller

beforeAll(async () => {
  caller = await Caller.of(server, server.key('dashboard'))
  client = new pg.Client(server.app.databaseUrl)
  await client.connect()
  TenantPool.prototype.query = function (this: TenantPool, statement: pg.QueryConfig | string) {
    if (typeof statement !== 'string' && statement.text.includes('ORDER BY')) sent = statement
    return query.call(this, statement)
  }
})
afterAll(async () => {
  TenantPool.prototype.query = query
  await client?.end()
})

const listed = (list: string, field: string, direction: Direction, offset = 0) =>
  `{ list: ${list}(first: 25, offset: ${offset}, orderBy: [{ field: ${field}, direction: ${direction} }]) { nodes { id } } }`

type Node = { 'Node Type': string; 'Index Name'?: string; Plans?: Node[] }
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** How PostgreSQL runs what is sent for a list where it may not help itself by reading or sorting everything. */
async function planned(list: string, field: string, direction: Direction, offset?: number): Promise<Node[]> {
  sent = undefined
  const { errors } = await caller.ask(listed(list, field, direction, offset))
  expect(errors).toBeUndefined()
  await client.query('BEGIN')
  try {
    await client.query(`SET LOCAL ROLE opsgraph_app; SET LOCAL opsgraph.organization_id = '1'`)
    await client.query('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off')
    const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${sent!.text}`, sent!.values as unknown[])
    return nodesOf(rows[0]['QUERY PLAN'][0].Plan)
  } finally {
    await client.query('ROLLBACK')
  }
}

const isSort = (node: Node) => node['Node Type'].includes('Sort')
const words = (text = '') => text.split(' ').filter(Boolean)
const DIRECTIONS: Direction[] = ['ASC', 'DESC']

const served = ({ both, asc, desc }: (typeof INDEXED)[string]) =>
  [
    ...DIRECTIONS.flatMap((direction) => words(both).map((field) => `${field} ${direction}`)),
    ...words(asc).map((field) => `${field} ASC`),
    ...words(desc).map((field) => `${field} DESC`),
  ].sort()

describe.each(Object.entries(INDEXED))('%s', (list, declared) => {
  const fields = (schema.getType(`${declared.type}OrderField`) as unknown as { getValues(): { name: string }[] })
    .getValues()
    .map(({ name }) => name)

  it('are read in order from an index by the fields that people order by, rows without a value last', async () => {
    const found: string[] = []
    for (const field of fields)
      for (const direction of DIRECTIONS)
        if (!(await planned(list, field, direction)).some(isSort)) found.push(`${field} ${direction}`)
    expect(found.sort()).toEqual(served(declared))
  })

  it.each(served(declared))('are skipped in the index alone, far into the list by %s', async (order) => {
    const [field, direction] = order.split(' ') as [string, Direction]
    const plan = await planned(list, field, direction, 5000)
    const scans = plan.filter((node) => node['Index Name'])
    expect(scans.map((node) => node['Node Type'])).toContain('Index Only Scan')
    expect(scans.length, 'one for the keys, one for the rows').toBe(2)
  })
})

describe('a page far into a list', () => {
  let oracle: Oracle
  beforeAll(async () => {
    await server.app.query(
      `INSERT INTO asset (organization_id, name, hostname, created_at)
       SELECT 1 + i % 2, 'Far ' || i % 700, CASE WHEN i % 3 = 0 THEN 'host-' || i % 400 END, now() - i % 900 * interval '1 hour'
       FROM generate_series(1, 5000) i`,
      [],
    )
    oracle = await Oracle.of(server)
  })

  it.each([
    ['NAME', 'ASC'],
    ['HOSTNAME', 'ASC'],
    ['HOSTNAME', 'DESC'],
    ['CREATED_AT', 'DESC'],
    ['IS_ACTIVE', 'DESC'],
  ])('is the executor’s page, ordered by %s %s', async (field, direction) => {
    for (const offset of [999, 1000, 1730, 2600]) {
      const page = `first: 30, offset: ${offset}, orderBy: [{ field: ${field}, direction: ${direction} }]`
      const document = parse(
        `{ assets(${page}, filter: { name: { startsWith: "F" } }) { totalCount nodes { id name tags { name } } edges { cursor } pageInfo { hasNextPage startCursor endCursor } } }`,
      )
      const { assets } = (await oracle.compare(document, {}, oracle.full)) as { assets: { nodes: unknown[] } }
      expect(assets.nodes.length).toBe(offset < 2500 ? 30 : 0)
    }
  })
})
