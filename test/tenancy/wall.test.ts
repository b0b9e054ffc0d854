import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealAudit } from '../../src/audit/trail/seal.ts'
import { createPrisma, tenantClients } from '../../src/db/client.ts'
import { asMember, asSystem, inOrganization, TenantPool } from '../../src/db/tenant.ts'
import { testServer } from '../kit/server.ts'
import { tenantTablesOf } from './catalogue.ts'

const server = testServer()
let client: pg.Client
let tables: string[]
let own: number
let other: number

const AUDITED = `INSERT INTO audit_event
  (organization_id, actor_kind, actor_name, action, target_type, target_id, changes, address, request_id, at)`

beforeAll(async () => {
  const { app, demo } = server
  const rows = await app.query<{ id: number; slug: string }>('SELECT id, slug FROM organization', [])
  const [a, b] = demo.organizations.map(({ slug }) => rows.find((row) => row.slug === slug)!.id)
  own = a!
  other = b!
  tables = await tenantTablesOf(app)
  await sealAudit(app.pool)
  for (const id of [own, other])
    await app.query(
      `${AUDITED} VALUES ($1, 'system', 'wall', 'lead.created', 'lead', '1', '{}', 'local', 'wall', now())`,
      [id],
    )
  client = new pg.Client(app.databaseUrl)
  await client.connect()
})
afterAll(() => client?.end())

/** The wall alone: the application's role on a plain connection, in a transaction that is undone. */
async function asApplication<T>(organization: number | undefined, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN')
  try {
    await client.query('SET LOCAL ROLE opsgraph_app')
    if (organization !== undefined)
      await client.query("SELECT set_config('opsgraph.organization_id', $1, true)", [String(organization)])
    return await work()
  } finally {
    await client.query('ROLLBACK')
  }
}

const quoted = (table: string) => `"${table}"`
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: { code?: string }) => error.code ?? String(error),
  )

const DENIED = '42501'

describe('the database alone', () => {
  it('shows no row of any table without an organization', async () => {
    for (const table of [...tables, 'organization', 'app_user']) {
      const { rows } = await asApplication(undefined, () => client.query(`SELECT 1 FROM ${quoted(table)} LIMIT 1`))
      expect(rows, table).toEqual([])
    }
  })

  it('shows an organization its own rows of every table and nobody else’s', async () => {
    for (const table of tables) {
      const count = 'SELECT organization_id AS id, count(*)::int AS rows FROM'
      const all = await server.app.query<{ id: number }>(`${count} ${quoted(table)} GROUP BY 1`, [])
      const { rows: seen } = await asApplication(own, () => client.query(`${count} ${quoted(table)} GROUP BY 1`))
      expect(seen, table).toEqual(all.filter(({ id }) => id === own))
      expect(
        all.some(({ id }) => id === other),
        `the other organization has rows in ${table}`,
      ).toBe(true)
    }
  })

  it('shows a search no row without an organization, and nobody else’s with one', async () => {
    for (const table of ['asset', 'vehicle', 'monitor', 'password_entry']) {
      const owners = `SELECT DISTINCT organization_id AS id FROM ${table}_search WHERE search_text LIKE '%'`
      expect((await asApplication(undefined, () => client.query(owners))).rows, table).toEqual([])
      expect((await asApplication(own, () => client.query(owners))).rows, table).toEqual([{ id: own }])
    }
  })

  it('shows an organization itself and its own people', async () => {
    const { rows: organizations } = await asApplication(own, () => client.query('SELECT id FROM organization'))
    const { rows: people } = await asApplication(own, () => client.query('SELECT email FROM app_user'))
    expect(organizations).toEqual([{ id: own }])
    expect(people.map(({ email }) => email).sort()).toEqual(
      server.demo.organizations[0]!.users.map(({ email }) => email).sort(),
    )
  })

  it('refuses a row written for another organization, in every table', async () => {
    for (const table of tables) {
      const [found] = await server.app.query<{ row: unknown }>(
        `SELECT to_json(t) AS row FROM ${quoted(table)} t WHERE organization_id = $1 LIMIT 1`,
        [other],
      )
      const insert = `INSERT INTO ${quoted(table)} SELECT * FROM json_populate_record(NULL::${quoted(table)}, $1)`
      expect(await asApplication(own, () => codeOf(client.query(insert, [found!.row]))), table).toBe(DENIED)
    }
  })

  it('refuses to hand a row over to another organization, in every table', async () => {
    for (const table of tables) {
      const move = `UPDATE ${quoted(table)} SET organization_id = $1`
      expect(await asApplication(own, () => codeOf(client.query(move, [other]))), table).toBe(DENIED)
    }
  })

  it('finds nothing to change or delete of another organization', async () => {
    for (const table of tables) {
      const touch = async (statement: string) => {
        const done = await client
          .query(`SAVEPOINT s`)
          .then(() => client.query(statement, [other]))
          .catch((error) => error)
        await client.query('ROLLBACK TO s')
        return done.code === DENIED ? 0 : done.rowCount
      }
      const touched = await asApplication(own, async () => [
        await touch(`UPDATE ${quoted(table)} SET organization_id = organization_id WHERE organization_id = $1`),
        await touch(`DELETE FROM ${quoted(table)} WHERE organization_id = $1`),
      ])
      expect(touched, table).toEqual([0, 0])
    }
  })

  it('refuses to change or delete what was audited and announced, even one’s own', async () => {
    for (const table of ['audit_event', 'audit_seal', 'audit_waiting', 'event'])
      for (const statement of [`UPDATE ${table} SET organization_id = organization_id`, `DELETE FROM ${table}`])
        expect(await asApplication(own, () => codeOf(client.query(statement))), statement).toBe(DENIED)
  })
})

describe('the pool', () => {
  let pool: TenantPool
  beforeAll(() => {
    pool = new TenantPool({ connectionString: server.app.databaseUrl, max: 1 })
  })
  afterAll(() => pool?.end())

  const SEEN = 'SELECT DISTINCT organization_id AS id FROM lead'
  const ids = ({ rows }: pg.QueryResult) => rows.map(({ id }) => id)

  it('keeps 10,000 interleaved requests of two organizations apart on one connection', async () => {
    for (let round = 0; round < 20; round += 1) {
      const asked = Array.from({ length: 500 }, (_, i) => ((i * 7 + round) % 3 === 0 ? other : own))
      const seen = await Promise.all(
        asked.map((id) => inOrganization(id, () => pool.query({ name: 'seen', text: SEEN })).then(ids)),
      )
      expect(seen).toEqual(asked.map((id) => [id]))
    }
  }, 60_000)

  it('keeps as many bare statements apart, brief ones and others, some of which fail', async () => {
    const bare = async (id: number, at: number) => {
      const text = at % 10 === 0 ? 'SELECT 1 / (organization_id - organization_id) FROM lead' : SEEN
      const name = `bare ${at % 10 === 0}`
      const asked = { name, text, values: [], brief: at % 2 === 0, planned: at % 4 === 1, organizationId: id }
      return pool.texts({ ...asked, bare: true }).catch((error: { code: string }) => error.code)
    }
    for (let round = 0; round < 20; round += 1) {
      const asked = Array.from({ length: 500 }, (_, i) => ((i * 7 + round) % 3 === 0 ? other : own))
      const seen = await Promise.all(asked.map(bare))
      expect(seen).toEqual(asked.map((id, at) => (at % 10 === 0 ? '22012' : [[String(id)]])))
    }
    const listed = { text: 'SELECT count(*) FROM lead WHERE id <> ALL ($1::int[])', values: [[0, -1]] }
    const alone = await inOrganization(own, () => pool.query('SELECT count(*) AS n FROM lead'))
    expect(await pool.texts({ ...listed, organizationId: own, bare: true })).toEqual([[alone.rows[0].n]])
  }, 60_000)

  const ME = "SELECT transaction_timestamp()::text, current_setting('opsgraph.user_id', true), current_setting('role')"
  const me = { name: 'me', text: ME, bare: true, brief: true }
  const asMe = (how: object) =>
    pool.query({ ...me, values: [], ...how }).then(({ rows }) => rows[0] as unknown as string[])

  it('lets what is brief share a transaction, but for what says more than whose rows it reads', async () => {
    await inOrganization(own, () => asMe({}))
    const organizations = Array.from({ length: 16 }, (_, at) => (at % 2 === 0 ? own : other))
    const brief = await Promise.all(organizations.map((organizationId) => asMe({ organizationId })))
    expect(new Set(brief.map(([begun]) => begun)).size).toBe(1)
    expect(new Set(brief.map(([, person, role]) => `${person} ${role}`))).toEqual(new Set([' opsgraph_app']))
    const between = await Promise.all(
      organizations.map((organizationId, at) =>
        at % 4 === 0 ? asMember(organizationId, 7, () => asMe({})) : asMe({ organizationId }),
      ),
    )
    expect(between.map(([, person]) => person)).toEqual(organizations.map((_, at) => (at % 4 === 0 ? '7' : '')))
    const system = asSystem(() => asMe({}))
    expect((await Promise.all([asMe({ organizationId: own }), system])).map(([, , role]) => role)).toEqual([
      'opsgraph_app',
      'opsgraph_system',
    ])
    const each = await Promise.all(organizations.map((organizationId) => asMe({ organizationId, brief: false })))
    expect(new Set(each.map(([begun]) => begun)).size).toBe(16)
  })

  it('asks those again that were behind one that failed, and no others', async () => {
    const text = 'SELECT $1::int / $2::int'
    const divided = (by: number) =>
      pool
        .texts({ ...{ name: 'divided', text, values: [12, by] }, organizationId: own, bare: true, brief: true })
        .catch((error: { code: string }) => error.code)
    await divided(1)
    const by = [1, 2, 0, 3, 4, 0, 0, 6, 12, 0]
    expect(await Promise.all(by.map(divided))).toEqual(by.map((each) => (each === 0 ? '22012' : [[String(12 / each)]])))
    expect(await divided(3)).toEqual([['4']])
  })

  it('keeps them apart after statements that fail, in transactions and in the server’s own work', async () => {
    const failing = () =>
      pool.query('SELECT 1 / 0').then(
        () => 'no error',
        (error: { code: string }) => error.code,
      )
    const held = async () => {
      const connection = await pool.connect()
      await connection.query('BEGIN')
      const seen = ids(await connection.query(SEEN))
      await connection.query('ROLLBACK')
      connection.release()
      return seen
    }
    for (let round = 0; round < 50; round += 1) {
      const work = [
        inOrganization(own, failing),
        inOrganization(other, held),
        asSystem(() => pool.query(SEEN)).then((all) => ids(all).length),
        inOrganization(own, held),
        inOrganization(other, () => pool.query(SEEN)).then(ids),
      ]
      expect(await Promise.all(work)).toEqual(['22012', [other], 2, [own], [other]])
    }
  })

  it('leaves neither role nor organization behind on the connection', async () => {
    await inOrganization(other, () => pool.query(SEEN))
    const plain = await (pg.Pool.prototype.connect as () => Promise<pg.PoolClient>).call(pool)
    const { rows } = await plain.query(
      "SELECT current_setting('role') AS role, current_setting('opsgraph.organization_id', true) AS organization",
    )
    plain.release()
    expect(rows).toEqual([{ role: 'none', organization: '' }])
  })

  it('refuses a statement outside any scope before it is sent', async () => {
    const sentence = 'A statement was about to run outside any tenant scope.'
    await expect(pool.query('SELECT 1')).rejects.toThrow(sentence)
    await expect(pool.connect()).rejects.toThrow(sentence)
    await expect(createPrisma(pool).lead.findMany()).rejects.toThrow(sentence)
  })

  type Row = { id: number; organization: number }
  const OF = 'SELECT id, organization_id AS organization FROM client'

  it('answers 200 unique look-ups of one tick with the asker’s own row or none', async () => {
    const dbFor = tenantClients({ ...server.app, pool, prisma: createPrisma(pool) })
    const rows = await server.app.query<Row>(`${OF} WHERE organization_id = $1`, [own])
    const canary = await server.app.query<Row>(`${OF} WHERE organization_id = $1`, [other])
    expect(rows.length * canary.length).toBeGreaterThan(0)
    const rowsAsked = Array.from({ length: 100 }, (_, i) =>
      i % 2 ? canary[i % canary.length]! : rows[i % rows.length]!,
    )
    const asked = rowsAsked.flatMap((row) => [own, other].map((asker) => ({ ...row, asker })))
    const found = await Promise.all(
      asked.map(({ id, asker }) =>
        dbFor(asker).client.findUnique({ where: { organizationId_id: { organizationId: asker, id } } }),
      ),
    )
    expect(asked).toHaveLength(200)
    expect(found.map((row) => row && [row.organizationId, row.id])).toEqual(
      asked.map(({ id, organization, asker }) => (organization === asker ? [asker, id] : null)),
    )
  })

  it('gives nobody another organization’s row by its full key', async () => {
    const dbFor = tenantClients({ ...server.app, pool, prisma: createPrisma(pool) })
    const [theirs] = await server.app.query<Row>(`${OF} WHERE organization_id = $1`, [other])
    const where = { organizationId_id: { organizationId: other, id: theirs!.id } }
    expect(await dbFor(own).client.findUnique({ where })).toBeNull()
    expect(await dbFor(own).client.findMany({ where: { organizationId: other } })).toEqual([])
    await expect(dbFor(own).client.update({ where, data: { name: 'taken over' } })).rejects.toMatchObject({
      code: 'P2025',
    })
  })
})
