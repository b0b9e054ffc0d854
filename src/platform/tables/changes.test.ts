import { beforeAll, describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { TableDesk } from '../../../test/kit/tables.ts'
import { connected } from '../../db/connected.ts'
import { updateTable } from './verbs.ts'

const graph = testGraph()
const desk = new TableDesk(graph)
beforeAll(async () => {
  await desk.open()
  await desk.open('b')
})

const text = (name: string) => ({ name, type: 'text' })
const asOwner = (statement: string) =>
  connected({ connectionString: graph.kit.config.databaseUrl! }, (client) => client.query(statement))
const spaceOf = () => graph.as().ctx.db.managedSpace.findFirstOrThrow()
/** As the organization's role, which owns its tables. */
const inSchema = async (statement: string) => {
  const { roleName } = await spaceOf()
  await asOwner(`BEGIN; SET LOCAL ROLE ${roleName}; ${statement}; COMMIT`)
}

describe('a change of a table', () => {
  it('renames it, and its columns, and adds some; its rows stay', async () => {
    const { id } = await desk.create('Before', [text('a'), { name: 'b', type: 'integer', check: { min: 1 } }])
    await desk.insert(id, [{ a: 'kept', b: 1 }])
    const input = {
      ...{
        name: 'After',
        renameColumns: [
          { from: 'a', to: 'c' },
          { from: 'b', to: 'a' },
        ],
      },
      addColumns: [{ name: 'b', type: 'boolean', nullable: false, default: true }],
    }
    const after = await desk.done('update', { id, input })
    expect([after.name, after.columns.map(({ name }: any) => name)]).toEqual(['After', ['id', 'c', 'a', 'b']])
    expect(after.columns[2].check).toMatchObject({ min: '1' })
    expect((await desk.done('rows', { id })).nodes).toEqual([{ id: '1', values: { c: 'kept', a: 1, b: true } }])
    const { events, audit } = await graph.trail()
    const changes = { name: { from: 'Before', to: 'After' }, addedColumns: [{ name: 'b', type: 'boolean' }] }
    expect(audit.at(-1)).toMatchObject({ action: 'table.updated', changes })
    expect(events.at(-1)).toMatchObject({ type: 'table.updated', data: { renamedColumns: input.renameColumns } })
  })

  it('that changes nothing is not announced', async () => {
    const { id, name } = await desk.create('Still', [text('a')])
    const told = async () => (await graph.trail()).events.length
    const before = await told()
    await desk.done('update', { id, input: { name, addColumns: [] } })
    expect(await told()).toBe(before)
  })

  it('happens as a whole or not at all', async () => {
    const { id, columns } = await desk.create('Whole', [text('a')])
    await desk.insert(id, [{ a: 'x' }, { a: 'y' }])
    const refused = async (input: object) => (await desk.refusal('update', { id, input })).fields
    expect(await refused({ addColumns: [text('b'), { name: 'c', type: 'text', nullable: false }] })).toHaveProperty(
      'addColumns',
    )
    expect(await refused({ addColumns: [{ name: 'c', type: 'text', unique: true, default: 'same' }] })).toHaveProperty(
      'addColumns',
    )
    expect(
      await refused({
        renameColumns: [
          { from: 'a', to: 'b' },
          { from: 'a', to: 'c' },
        ],
      }),
    ).toHaveProperty('renameColumns.1.from')
    expect(await refused({ renameColumns: [{ from: 'id', to: 'b' }] })).toHaveProperty('renameColumns.0.from')
    expect(await refused({ dropColumns: ['id'] })).toHaveProperty('dropColumns.0')
    expect(await refused({ addColumns: [text('a')] })).toHaveProperty('addColumns.0.name')
    expect((await desk.done('show', { id })).columns).toEqual(columns)
  })

  it('that drops columns is confirmed with what it was refused with', async () => {
    const { id } = await desk.create('Losing', [text('a'), text('b'), text('c')])
    await desk.insert(id, [{ a: '1' }, { a: '2' }])
    const drop = { dropColumns: ['a'] }
    const { code, confirmation } = await desk.refusal('update', { id, input: drop })
    expect([code, confirmation]).toEqual([
      'CONFLICT',
      {
        ...{ token: expect.any(String), expiresAt: '2026-05-23T11:47:00.000Z', rows: 2, bytes: expect.any(Number) },
      },
    ])
    const confirm = confirmation.token
    const others = [
      { dropColumns: ['b'], confirm },
      { dropColumns: ['a', 'b'], confirm },
      { ...drop, confirm: `${confirm}A` },
    ]
    for (const input of others) expect((await desk.refusal('update', { id, input })).confirmation.token).toBeTruthy()
    expect((await desk.refusal('delete', { id, input: { confirm } })).code).toBe('CONFLICT')
    const after = await desk.done('update', { id, input: { ...drop, confirm } })
    expect(after.columns.map(({ name }: any) => name)).toEqual(['id', 'b', 'c'])
    expect((await graph.trail()).audit.at(-1)).toMatchObject({ changes: { droppedColumns: ['a'] } })
  })

  it('refuses a confirmation that is old, or somebody else’s, or of other columns', async () => {
    const { id } = await desk.create('Changing', [text('a'), text('b')])
    const { ctx } = graph.as()
    const later = { ...ctx, clock: { now: () => new Date(ctx.clock.now().getTime() + 300_000) } }
    const drop = (confirm?: string) => ({ dropColumns: ['a'], confirm })
    const token = async () => (await desk.refusal('update', { id, input: drop() })).confirmation.token
    const confirm = await token()
    await expect(updateTable(later, Number(id), drop(confirm))).rejects.toMatchObject({ code: 'CONFLICT' })
    const other = { ...ctx, actor: { ...ctx.actor, id: 2 } }
    await expect(updateTable(other, Number(id), drop(confirm))).rejects.toMatchObject({ code: 'CONFLICT' })
    await desk.done('update', { id, input: { addColumns: [text('d')] } })
    expect((await desk.refusal('update', { id, input: drop(confirm) })).code).toBe('CONFLICT')
    await desk.done('update', { id, input: drop(await token()) })
  })

  it('says what else in the database is made of a column', async () => {
    const { id, databaseName } = await desk.create('Viewed', [text('a'), text('b')])
    const { schemaName } = await spaceOf()
    await inSchema(`CREATE VIEW ${schemaName}.of_a AS SELECT a FROM ${schemaName}.${databaseName}`)
    const { confirmation } = await desk.refusal('update', { id, input: { dropColumns: ['a'] } })
    const input = { dropColumns: ['a'], confirm: confirmation.token }
    expect(await desk.refusal('update', { id, input })).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('view'),
    })
    await inSchema(`DROP VIEW ${schemaName}.of_a`)
    await desk.done('update', { id, input })
  })
})

describe('a deletion', () => {
  it('drops the table once it is confirmed, and returns it as it was', async () => {
    const table = await desk.create('Gone', [text('a')])
    await desk.insert(table.id, [{ a: 'x' }])
    const { confirmation } = await desk.refusal('delete', { id: table.id })
    expect(confirmation.rows).toBe(1)
    const gone = await desk.done('delete', { id: table.id, input: { confirm: confirmation.token } })
    expect(gone).toMatchObject({ id: table.id, name: 'Gone', columns: table.columns, group: { name: 'Tables' } })
    expect((await desk.refusal('show', { id: table.id })).code).toBe('NOT_FOUND')
    expect((await asOwner(`SELECT 1 FROM pg_class WHERE relname LIKE '${table.databaseName}%'`)).rows).toEqual([])
    expect((await graph.trail()).events.at(-1)).toMatchObject({ type: 'table.deleted', data: { name: 'Gone' } })
  })

  it('forgets a table that somebody dropped in the database, which says so until then', async () => {
    const { id, databaseName } = await desk.create('Dropped behind our back', [text('a')])
    await inSchema(`DROP TABLE ${(await spaceOf()).schemaName}.${databaseName}`)
    expect(await desk.done('show', { id })).toMatchObject({ kind: 'MISSING', columns: [], bytes: '0' })
    expect((await desk.refusal('rows', { id })).code).toBe('CONFLICT')
    expect((await desk.refusal('update', { id, input: { addColumns: [text('b')] } })).code).toBe('CONFLICT')
    await desk.done('delete', { id })
    expect((await desk.refusal('show', { id })).code).toBe('NOT_FOUND')
  })

  it('waits a while for whoever is busy with the table, and then says so', async () => {
    const { id, databaseName } = await desk.create('Busy', [text('a')])
    const { schemaName, roleName } = await spaceOf()
    const { confirmation } = await desk.refusal('delete', { id })
    await connected({ connectionString: graph.kit.config.databaseUrl! }, async (client) => {
      await client.query(`BEGIN; SET LOCAL ROLE ${roleName}; SELECT * FROM ${schemaName}.${databaseName}`)
      expect(await desk.refusal('delete', { id, input: { confirm: confirmation.token } })).toMatchObject({
        ...{ code: 'CONFLICT', retryAfter: 5 },
      })
    })
    await desk.done('delete', { id, input: { confirm: confirmation.token } })
  })
})
