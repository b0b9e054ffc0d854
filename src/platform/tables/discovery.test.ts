import { beforeAll, describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { TableDesk } from '../../../test/kit/tables.ts'
import { connected } from '../../db/connected.ts'

const graph = testGraph()
const desk = new TableDesk(graph)

const asOwner = (statement: string) =>
  connected({ connectionString: graph.kit.config.databaseUrl! }, (client) => client.query(statement))
const space = () => graph.as().ctx.db.managedSpace.findFirstOrThrow()
/** As the organization's role, in its schema. */
async function inSchema(statement: string) {
  const { roleName, schemaName } = await space()
  await asOwner(`BEGIN; SET LOCAL ROLE ${roleName}; SET LOCAL search_path = ${schemaName}; ${statement}; COMMIT`)
}
const named = async (name: string) =>
  (await desk.done('list')).nodes.find((table: { databaseName: string }) => table.databaseName === name)

let made = ''
beforeAll(async () => {
  await desk.open()
  made = (await desk.create('Made here', [{ name: 'a', type: 'text' }])).id
  await inSchema(`CREATE TABLE "By Hand" (id int PRIMARY KEY, "Größe" numrange, at timestamp, note varchar(9) NOT NULL DEFAULT 'x');
    INSERT INTO "By Hand" SELECT n, numrange(n, n + 1), '2026-05-23 11:42:00.123456', 'row ' || n FROM generate_series(1, 5) n;
    CREATE VIEW seen AS SELECT "Größe", note FROM "By Hand";
    CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
    CREATE TABLE parted (id int, day date) PARTITION BY RANGE (day);
    CREATE TABLE part PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    CREATE INDEX by_note ON "By Hand" (lower(note), id)`)
})

describe('what lies in the organization’s schema', () => {
  it('is found among its tables, with an id that stays, announced once by nobody', async () => {
    const lists = await Promise.all([desk.done('list'), desk.done('list'), desk.done('list')])
    const [list] = lists
    expect(new Set(lists.map(({ nodes }) => JSON.stringify(nodes.map(({ id }: any) => id)))).size).toBe(1)
    expect(list!.totalCount).toBe(5)
    expect(list!.nodes.map((each: any) => [each.name, each.kind, each.managed, each.group?.name ?? null])).toEqual([
      ['By Hand', 'TABLE', false, null],
      ['Made here', 'TABLE', true, 'Tables'],
      ['kept', 'VIEW', false, null],
      ['parted', 'TABLE', false, null],
      ['seen', 'VIEW', false, null],
    ])
    const { events, audit } = await graph.trail()
    const found = events.filter(({ type }) => type === 'table.discovered')
    expect(found.map(({ data }) => (data as { name: string }).name).sort()).toEqual([
      'By Hand',
      'kept',
      'parted',
      'seen',
    ])
    expect(audit.at(-1)).toMatchObject({ action: 'table.discovered', actorKind: 'system', actorName: 'discovery' })
  })

  it('is shown as the catalogue has it', async () => {
    const { columns, indexes, rowEstimate } = await named('By Hand')
    expect(columns.map((each: any) => [each.name, each.type, each.nullable, each.unique, each.default])).toEqual([
      ['id', 'integer', false, true, null],
      ['Größe', 'numrange', true, false, null],
      ['at', 'timestamp without time zone', true, false, null],
      ['note', 'varchar(9)', false, false, "'x'::character varying"],
    ])
    expect(indexes).toEqual([
      { name: 'By Hand_pkey', columns: ['id'], unique: true, primary: true },
      { name: 'by_note', columns: ['lower(note::text)', 'id'], unique: false, primary: false },
    ])
    expect(rowEstimate).not.toBeNull()
    expect((await named('seen')).rowEstimate).toBeNull()
  })

  it('tells how many rows there are once the database has looked', async () => {
    await inSchema('ANALYZE "By Hand"')
    expect((await named('By Hand')).rowEstimate).toBe('5')
  })

  it('is read, filtered, ordered and paged, whether its rows have names or not', async () => {
    const { id } = await named('By Hand')
    const { nodes, totalCount } = await desk.done('rows', {
      id,
      orderBy: [{ column: 'note', direction: 'DESC' }],
      first: 2,
    })
    expect(totalCount).toBe(5)
    expect(nodes[0]).toEqual({ id: '5', values: { Größe: '[5,6)', at: '2026-05-23 11:42:00.123456', note: 'row 5' } })
    expect((await desk.done('row', { id, rowId: '3' })).values.note).toBe('row 3')
    const view = (await named('seen')).id
    const first = await desk.done('rows', {
      id: view,
      first: 2,
      filter: [{ column: 'note', op: 'NE', value: 'row 1' }],
    })
    expect(first.nodes.map((row: any) => [row.id, row.values.note])).toEqual([
      [null, 'row 2'],
      [null, 'row 3'],
    ])
    const after = first.pageInfo.endCursor
    const second = await desk.done('rows', {
      id: view,
      first: 2,
      after,
      filter: [{ column: 'note', op: 'NE', value: 'row 1' }],
    })
    expect(second.nodes.map((row: any) => row.values.note)).toEqual(['row 4', 'row 5'])
    expect(second.pageInfo.hasNextPage).toBe(false)
    expect((await desk.refusal('row', { id: view, rowId: '1' })).code).toBe('NOT_FOUND')
    expect((await desk.refusal('rows', { id, filter: [{ column: 'Größe', value: 1 }] })).code).toBe('INVALID_REQUEST')
  })

  it('is named and put into a group here, and changed where it was made', async () => {
    const { id } = await named('parted')
    const group = (await desk.done('show', { id: made })).groupId
    expect(await desk.done('update', { id, input: { name: 'In parts', groupId: group } })).toMatchObject({
      ...{ name: 'In parts', databaseName: 'parted', group: { name: 'Tables' } },
    })
    const input = { addColumns: [{ name: 'b', type: 'text' }] }
    expect((await desk.refusal('update', { id, input })).code).toBe('CONFLICT')
    expect((await desk.refusal('insert', { id, input: { values: {} } })).code).toBe('CONFLICT')
    expect((await desk.refusal('delete', { id })).code).toBe('CONFLICT')
    await inSchema('DROP TABLE parted')
    expect(await desk.done('delete', { id })).toMatchObject({ name: 'In parts', kind: 'MISSING' })
  })

  it('of another organization is nobody’s business', async () => {
    expect((await desk.done('list', {}, { organization: 'b' })).totalCount).toBe(0)
  })

  it('may be a table of another database', async ({ skip }) => {
    const { rows } = await asOwner('SELECT rolsuper AS super FROM pg_roles WHERE rolname = current_user')
    skip(!rows[0].super, 'only a superuser makes servers of foreign tables')
    const { roleName, schemaName } = await space()
    const { hostname, port, pathname, username } = new URL(graph.kit.config.databaseUrl!)
    await asOwner(`CREATE EXTENSION postgres_fdw;
      CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '${hostname}', port '${port}', dbname '${pathname.slice(1)}');
      CREATE USER MAPPING FOR ${roleName} SERVER loop OPTIONS (user '${username}', password_required 'false');
      GRANT USAGE ON FOREIGN SERVER loop TO ${roleName}`)
    await inSchema(
      `CREATE FOREIGN TABLE far (id int, note text) SERVER loop OPTIONS (schema_name '${schemaName}', table_name 'By Hand')`,
    )
    const far = await named('far')
    expect(far).toMatchObject({ kind: 'FOREIGN_TABLE', managed: false, indexes: [], bytes: '0' })
    const { nodes } = await desk.done('rows', { id: far.id, filter: [{ column: 'id', op: 'GT', value: 3 }] })
    expect(nodes).toEqual([4, 5].map((id) => ({ id: null, values: { id, note: `row ${id}` } })))
  })
})
