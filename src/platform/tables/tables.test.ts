import { beforeAll, describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { TableDesk } from '../../../test/kit/tables.ts'
import { connected } from '../../db/connected.ts'
import { MAX_COLUMNS, MAX_TABLES } from './limits.ts'
import { createTable, updateTable } from './verbs.ts'

const graph = testGraph()
const desk = new TableDesk(graph)
beforeAll(async () => {
  await desk.open()
  await desk.open('b')
})

const text = (name: string) => ({ name, type: 'text' })
const fieldsOf = async (column: object) =>
  (await desk.refusal('create', { input: { name: 'Refused', columns: [column] } })).fields

const asOwner = (statement: string) =>
  connected({ connectionString: graph.kit.config.databaseUrl! }, (client) => client.query(statement))

describe('a table', () => {
  it('is really made, with the columns that were asked for, announced and audited', async () => {
    const table = await desk.create('Parts', [
      { name: 'sku', type: 'varchar(20)', nullable: false, unique: true, check: { notEmpty: true } },
      { name: 'price', type: 'DECIMAL (10, 2)', default: '0.00', check: { min: 0 } },
    ])
    expect(table).toMatchObject({
      name: 'Parts',
      managed: true,
      kind: 'TABLE',
      group: { name: 'Tables' },
      rowEstimate: '0',
    })
    expect(table.columns.map((column: any) => [column.name, column.type, column.nullable, column.unique])).toEqual([
      ...[
        ['id', 'bigint', false, true],
        ['sku', 'varchar(20)', false, true],
        ['price', 'numeric(10,2)', true, false],
      ],
    ])
    expect(table.indexes.map(({ columns, primary }: any) => [columns, primary])).toEqual([
      [['id'], true],
      [['sku'], false],
    ])
    expect(Number(table.bytes)).toBeGreaterThan(0)
    expect(table.databaseName).toMatch(/^t_[0-9a-f]{16}$/)
    const { events, audit } = await graph.trail()
    const columns = [
      { name: 'sku', type: 'varchar(20)' },
      { name: 'price', type: 'numeric(10,2)' },
    ]
    expect(events.at(-1)).toMatchObject({ type: 'table.created', data: { name: 'Parts', columns } })
    expect(audit.at(-1)).toMatchObject({ action: 'table.created', targetType: 'table', targetId: table.id })
    expect(await desk.done('show', { id: table.id })).toEqual(table)
  })

  it.each([
    ['text', 'text', 'text'],
    ['varchar(7)', 'varchar(7)', 'character varying(7)'],
    ['bool', 'boolean', 'boolean'],
    ['smallint', 'smallint', 'smallint'],
    ['int', 'integer', 'integer'],
    ['bigint', 'bigint', 'bigint'],
    ['numeric', 'numeric', 'numeric'],
    ['numeric(5)', 'numeric(5,0)', 'numeric(5,0)'],
    ['real', 'real', 'real'],
    ['double precision', 'double', 'double precision'],
    ['date', 'date', 'date'],
    ['time', 'time', 'time(3) without time zone'],
    ['timestamptz', 'timestamptz', 'timestamp(3) with time zone'],
    ['uuid', 'uuid', 'uuid'],
    ['json', 'jsonb', 'jsonb'],
  ])('has columns of the type %s', async (type, told, formatted) => {
    const table = await desk.create(`Of ${type}`, [{ name: 'it', type }])
    expect(table.columns[1]).toMatchObject({ name: 'it', type: told })
    const { rows } = await asOwner(
      `SELECT format_type(atttypid, atttypmod) AS type FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid WHERE relname = '${table.databaseName}' AND attname = 'it'`,
    )
    expect(rows).toEqual([{ type: formatted }])
  })

  it.each([
    'xml',
    'text[]',
    'varchar',
    'varchar(0)',
    'varchar(10001)',
    'numeric(0)',
    'numeric(101)',
    'numeric(3,4)',
    'serial',
    'regclass',
    'text)',
    'text; DROP TABLE lead',
    'text DEFAULT now()',
    'constructor',
    '',
    ' ',
    'information_schema.sql_identifier',
    'int4range',
  ])('has no columns of the type %j', async (type) => {
    expect(Object.keys(await fieldsOf({ name: 'it', type }))).toEqual(['columns.0.type'])
  })

  it.each([
    'id',
    'ctid',
    'xmin',
    'tableoid',
    'Name',
    'a b',
    'a-b',
    'a"b',
    '_a',
    '1a',
    '',
    'é',
    'a'.repeat(64),
    'a\u200bb',
    'a;b',
    "a'",
    'a.b',
  ])('has no column that is called %j', async (name) => {
    expect(Object.keys(await fieldsOf({ name, type: 'text' }))).toEqual(['columns.0.name'])
  })

  it('takes names that SQL keeps for itself, and the longest there are', async () => {
    const names = ['select', 'table', 'user', 'group', 'order', 'null', 'values', `a${'b'.repeat(62)}`]
    const { id, columns } = await desk.create('Reserved', names.map(text))
    expect(columns.slice(1).map(({ name }: any) => name)).toEqual(names)
    await desk.insert(id, [Object.fromEntries(names.map((name) => [name, name]))])
    const { nodes } = await desk.done('rows', {
      id,
      filter: [{ column: 'select', value: 'select' }],
      orderBy: [{ column: 'order' }],
    })
    expect(nodes[0].values).toEqual(Object.fromEntries(names.map((name) => [name, name])))
  })

  it.each([
    [{ name: 'it', type: 'integer', default: 'now()' }, 'columns.0.default'],
    [{ name: 'it', type: 'integer', default: 2 ** 31 }, 'columns.0.default'],
    [{ name: 'it', type: 'integer', default: 5, check: { max: 4 } }, 'columns.0.default'],
    [{ name: 'it', type: 'uuid', default: 'random()' }, 'columns.0.default'],
    [{ name: 'it', type: 'date', default: '2026-02-30' }, 'columns.0.default'],
    [{ name: 'it', type: 'text', check: { min: 1 } }, 'columns.0.check.min'],
    [{ name: 'it', type: 'integer', check: { minLength: 1 } }, 'columns.0.check.minLength'],
    [{ name: 'it', type: 'integer', check: { oneOf: [1, 'two'] } }, 'columns.0.check.oneOf.1'],
    [{ name: 'it', type: 'jsonb', unique: true }, 'columns.0.unique'],
    [{ name: 'it', type: 'bigint', nullable: true, default: 'identity' }, 'columns.0.nullable'],
  ])('refuses %j', async (column, field) => expect(Object.keys(await fieldsOf(column))).toEqual([field]))

  it('has no two columns of one name, and at least one and at most a hundred', async () => {
    const fields = async (columns: object[]) =>
      Object.keys((await desk.refusal('create', { input: { name: 'Refused', columns } })).fields)
    expect(await fields([text('a'), text('a')])).toEqual(['columns.1.name'])
    expect(await fields([])).toEqual(['columns'])
    expect(await fields(Array.from({ length: MAX_COLUMNS + 1 }, (_, i) => text(`c${i}`)))).toEqual(['columns'])
    const most = await desk.create(
      'Wide',
      Array.from({ length: MAX_COLUMNS }, (_, i) => text(`c${i}`)),
    )
    expect(most.columns).toHaveLength(MAX_COLUMNS + 1)
    expect((await desk.refusal('update', { id: most.id, input: { addColumns: [text('more')] } })).code).toBe(
      'INVALID_REQUEST',
    )
  })

  it('has a name of its own in its group', async () => {
    await desk.create('Taken', [text('a')])
    expect(await desk.refusal('create', { input: { name: 'Taken', columns: [text('a')] } })).toMatchObject({
      ...{ code: 'CONFLICT', fields: { name: ['This is already taken; choose another.'] } },
    })
    expect((await desk.create('Taken', [text('a')], { organization: 'b' })).name).toBe('Taken')
  })

  it('is made by whoever may manage tables, and read by whoever may read them', async () => {
    const may = (...permissions: any[]) => ({ permissions })
    const input = { name: 'No', columns: [text('a')] }
    expect(await desk.refusal('create', { input }, may('tables:write'))).toMatchObject({ need: 'tables:manage' })
    expect(await desk.refusal('list', {}, may('tables:manage'))).toMatchObject({ need: 'tables:read' })
    const { id } = await desk.create('Guarded', [text('a')])
    expect(await desk.refusal('update', { id, input: {} }, may('tables:read'))).toMatchObject({ need: 'tables:manage' })
    expect(await desk.refusal('delete', { id }, may('tables:read'))).toMatchObject({ need: 'tables:manage' })
  })

  it('leaves nothing behind where its audit row cannot be written', async () => {
    const { ctx } = graph.as()
    const tables = () => asOwner('SELECT count(*)::int AS tables FROM pg_class')
    const before = (await tables()).rows
    const input = { name: 'Unaudited', columns: [{ name: 'a', type: 'text' }] }
    await expect(createTable({ ...ctx, address: '\0' }, input)).rejects.toThrow()
    expect((await tables()).rows).toEqual(before)
    const { id } = await desk.create('Audited', [text('a')])
    await expect(
      updateTable({ ...ctx, address: '\0' }, Number(id), { addColumns: [{ name: 'b', type: 'text' }] }),
    ).rejects.toThrow()
    expect((await desk.done('show', { id })).columns).toHaveLength(2)
  })
})

describe('a group', () => {
  const run = async (query: string) => graph.as({ organization: 'b' }).run(query)

  it('with tables is not deleted', async () => {
    const { groupId } = await desk.create('In the way', [text('a')], { organization: 'b' })
    const { errors } = await run(`mutation { deleteGroup(id: ${groupId}) { id } }`)
    expect(errors![0]).toMatchObject({
      message: 'Other rows still refer to this one.',
      extensions: { code: 'CONFLICT' },
    })
  })

  it('has to be named where there are several, and takes no tables once its project is archived', async () => {
    const { data } = await run('mutation { createProject(input: { name: "Old" }) { id } }')
    const project = data.createProject.id
    const group = (await run(`mutation { createGroup(input: { name: "Old", projectId: ${project} }) { id } }`)).data
      .createGroup.id
    const input = { name: 'Where', columns: [text('a')] }
    const as = { organization: 'b' } as const
    expect(await desk.refusal('create', { input }, as)).toMatchObject({
      code: 'INVALID_REQUEST',
      fields: { groupId: [expect.any(String)] },
    })
    await run(`mutation { updateProject(id: ${project}, input: { archived: true }) { id } }`)
    expect((await desk.refusal('create', { input: { ...input, groupId: group } }, as)).code).toBe('CONFLICT')
    expect((await desk.done('create', { input }, as)).group.name).toBe('Tables')
  })
})

it('an organization has at most five hundred tables', async () => {
  const { db, organizationId } = graph.as().ctx
  const tables = () => db.managedTable.count({ where: { managed: true } })
  const missing = MAX_TABLES - 1 - (await tables())
  const filler = (i: number) => ({ organizationId, groupId: 1, name: `Filler ${i}`, physicalName: `filler_${i}` })
  await db.managedTable.createMany({ data: Array.from({ length: missing }, (_, i) => filler(i)) })
  const made = await Promise.all(
    [1, 2, 3].map((n) =>
      graph
        .as()
        .run(`mutation { createTable(input: { name: "Last ${n}", columns: [{ name: "a", type: "text" }] }) { id } }`),
    ),
  )
  expect(made.filter(({ errors }) => !errors)).toHaveLength(1)
  expect(made.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code))).toEqual([
    'CONFLICT',
    'CONFLICT',
  ])
  expect(await tables()).toBe(MAX_TABLES)
})
