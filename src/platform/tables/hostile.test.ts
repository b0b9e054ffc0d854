import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { testGraph } from '../../../test/kit/graph.ts'
import { NAUGHTY } from '../../../test/kit/naughty.ts'
import { TableDesk } from '../../../test/kit/tables.ts'
import { transaction } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { connected } from '../../db/connected.ts'
import { tableRows } from './rows/read.ts'
import { insertTableRows } from './rows/verbs.ts'
import { ensureSpace } from './space/ensure.ts'
import { createTable, deleteTable, updateTable } from './verbs.ts'

const graph = testGraph()
const desk = new TableDesk(graph)
const RUNS = { numRuns: 40, seed: 20_260_523 }

/** Everything that the catalogue holds outside of one schema, and every right; of roles those of this database, whose cluster others share. */
const CATALOGUE = (schema: string) => `
  WITH ours AS (
    SELECT oid FROM pg_roles
    WHERE starts_with(rolname, 'opsgraph_org_' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '_')
  ), servers AS (SELECT oid FROM pg_roles WHERE rolname IN ('opsgraph_app', 'opsgraph_system', current_user))
  SELECT line FROM (
    SELECT concat_ws('|', 'class', c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relnatts) AS line
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname <> '${schema}' AND c.oid NOT IN (SELECT reltoastrelid FROM pg_class JOIN pg_namespace s ON s.oid = relnamespace WHERE s.nspname = '${schema}')
        AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_class t ON t.reltoastrelid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace WHERE i.indexrelid = c.oid AND s.nspname = '${schema}')
    UNION ALL SELECT concat_ws('|', 'column', a.attrelid, a.attname, a.atttypid, a.attnotnull, a.attisdropped, a.attacl, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE n.nspname NOT IN ('${schema}', 'pg_toast')
    UNION ALL SELECT concat_ws('|', 'function', p.oid, n.nspname, p.proname, p.proowner, p.proacl, md5(p.prosrc)) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname <> '${schema}'
    UNION ALL SELECT concat_ws('|', 'constraint', k.oid, k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE n.nspname <> '${schema}'
    UNION ALL SELECT concat_ws('|', 'policy', polname, polrelid, polcmd, pg_get_expr(polqual, polrelid)) FROM pg_policy
    UNION ALL SELECT concat_ws('|', 'trigger', tgname, tgrelid, tgfoid, tgenabled) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname <> '${schema}'
    UNION ALL SELECT concat_ws('|', 'schema', oid, nspname, nspowner, nspacl) FROM pg_namespace
    UNION ALL SELECT concat_ws('|', 'role', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls) FROM pg_roles
      WHERE oid IN (SELECT oid FROM ours UNION SELECT oid FROM servers)
    UNION ALL SELECT concat_ws('|', 'member', m.roleid, m.member, m.admin_option) FROM pg_auth_members m
      WHERE m.roleid IN (SELECT oid FROM ours) OR m.member IN (SELECT oid FROM ours)
        OR (m.roleid IN (SELECT oid FROM servers) AND m.member IN (SELECT oid FROM servers))
    UNION ALL SELECT concat_ws('|', 'database', datname, datdba, datacl) FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT concat_ws('|', 'default rights', defaclrole, defaclnamespace, defaclacl) FROM pg_default_acl
    UNION ALL SELECT concat_ws('|', 'extension', extname, extversion) FROM pg_extension
    UNION ALL SELECT concat_ws('|', 'setting', setdatabase, setrole, setconfig) FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
  ) AS told ORDER BY line`

let schemaName = ''
const catalogue = () =>
  connected({ connectionString: graph.kit.config.databaseUrl! }, async (client) => {
    const { rows } = await client.query<{ line: string }>(CATALOGUE(schemaName))
    return rows.map(({ line }) => line)
  })

/** Everything of the other organization, and of ours that is no table: their rows, and what the catalogue holds. */
const rest = async () => ({
  catalogue: await catalogue(),
  theirs: JSON.stringify(await desk.done('list', {}, { organization: 'b' })).replaceAll(
    /"(rowEstimate|bytes)":"\d+"/g,
    '',
  ),
  rows: (await desk.done('rows', { id: theirs }, { organization: 'b' })).nodes,
})

let table = ''
let theirs = ''
let before: Awaited<ReturnType<typeof rest>>
beforeAll(async () => {
  await desk.open()
  await desk.open('b')
  const { ctx } = graph.as()
  schemaName = (await transaction(ctx, (tx) => ensureSpace(tx, ctx))).schemaName
  table = (await desk.create('Ours', [{ name: 'a', type: 'text' }])).id
  theirs = (
    await desk.create('Theirs', [{ name: 'a', type: 'text', unique: true, default: 'x' }], { organization: 'b' })
  ).id
  await desk.insert(theirs, [{ a: '1' }, { a: '2' }], { organization: 'b' })
  before = await rest()
  expect(before.catalogue.length).toBeGreaterThan(1000)
})

async function expectUntouched(): Promise<void> {
  const { catalogue: now, ...others } = await rest()
  const { catalogue: then, ...othersThen } = before
  const [was, is] = [new Set(then), new Set(now)]
  expect({ gone: then.filter((line) => !is.has(line)), come: now.filter((line) => !was.has(line)) }).toEqual({
    ...{ gone: [], come: [] },
  })
  expect([now.length, others]).toEqual([then.length, othersThen])
}

const naughty = fc.constantFrom(...NAUGHTY)
/** Pieces of SQL around a name, and anything else that can be a text. */
const hostile = fc.oneof(
  naughty,
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.tuple(naughty, naughty).map(([one, other]) => one + other),
  fc.stringMatching(/^[a-z][a-z0-9_]{0,62}$/),
  fc.tuple(fc.stringMatching(/^[a-z][a-z0-9_]{0,61}$/), naughty).map(([name, more]) => name + more),
)
/** What the doors let in: no text of theirs has NUL in it, or half a surrogate pair. */
const storable = hostile.filter((text) => text.isWellFormed() && !text.includes('\0'))
const mostly = <A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: other })
const columnName = mostly(fc.stringMatching(/^[a-z][a-z0-9_]{0,62}$/), hostile)
const check = fc.record(
  { min: hostile, max: hostile, oneOf: fc.array(hostile, { maxLength: 3 }), notEmpty: fc.boolean() },
  { requiredKeys: [] },
)
const column = fc.record(
  {
    name: columnName,
    type: mostly(fc.constantFrom('text', 'text', 'text', 'varchar(9)', 'jsonb', 'integer'), hostile),
    nullable: fc.boolean(),
    default: mostly(storable, fc.jsonValue()),
    check: mostly(fc.constant(undefined), check),
  },
  { requiredKeys: ['name', 'type'] },
)

/** Done, or refused in words: never a fault of ours. */
async function bearing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

describe('whatever somebody writes', () => {
  const ctx = () => graph.as().ctx

  it.each(NAUGHTY.map((name) => [name]))('%j as a column makes that column or none', async (name) => {
    const made = await bearing(() =>
      createTable(ctx(), {
        name: `As ${JSON.stringify(name).slice(0, 50)} ${Math.random()}`,
        columns: [{ name, type: 'text', default: name }],
      }),
    )
    if (!made) return
    expect(name).toMatch(/^[a-z][a-z0-9_]{0,62}$/)
    expect(
      (await desk.done('show', { id: String(made.id) })).columns.map((each: { name: string }) => each.name),
    ).toEqual(['id', name])
    const [row] = await insertTableRows(ctx(), made.id, { values: {} })
    expect(row!.values).toEqual({ [name]: name })
  })

  it('as defaults and in checks is a value, and nothing but that', async () => {
    const words = fc.uniqueArray(storable, { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(words, async (all) => {
        const columns = all.map((word, i) => ({ name: `c${i}`, type: 'text', default: word, check: { oneOf: all } }))
        const { id } = await createTable(ctx(), { name: `Words ${Math.random()}`, columns })
        const [row] = await insertTableRows(ctx(), id, { values: {} })
        expect(Object.values(row!.values as object)).toEqual(all)
        const { columns: found } = await desk.done('show', { id: String(id) })
        expect(found[1].check.oneOf).toEqual(all)
        const other = { values: { c0: `${all.join('')}!` } }
        await expect(insertTableRows(ctx(), id, other)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
      }),
      { ...RUNS, numRuns: 15 },
    )
    await expectUntouched()
  })

  it('as names, types, defaults and checks of a new table', async () => {
    let made = 0
    const wanted = fc.record({ name: storable, columns: fc.array(column, { minLength: 1, maxLength: 4 }) })
    await fc.assert(
      fc.asyncProperty(wanted, async (input) => {
        if (await bearing(() => createTable(ctx(), input))) made += 1
      }),
      RUNS,
    )
    await expectUntouched()
    expect(made).toBeGreaterThan(3)
  })

  it('as changes of a table', async () => {
    const change = fc.record(
      {
        name: storable,
        addColumns: fc.array(column, { maxLength: 2 }),
        renameColumns: fc.array(fc.record({ from: fc.oneof(fc.constant('a'), hostile), to: hostile }), {
          maxLength: 2,
        }),
        dropColumns: fc.array(hostile, { maxLength: 2 }),
        confirm: hostile,
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(change, async (input) => {
        await bearing(() => updateTable(ctx(), Number(table), input))
        await bearing(() => deleteTable(ctx(), Number(table), { confirm: input.confirm }))
      }),
      RUNS,
    )
    await expectUntouched()
    expect((await desk.done('show', { id: table })).kind).toBe('TABLE')
  })

  it('as columns and values of rows, of filters, orders and cursors', async () => {
    const columns = (await desk.done('show', { id: table })).columns.map((each: { name: string }) => each.name)
    const known = fc.oneof(fc.constantFrom<string>(...columns), hostile)
    const reading = fc.record({
      filter: fc.array(
        fc.record({
          column: known,
          op: fc.constantFrom('eq', 'contains', 'in', 'is_null', 'lt'),
          value: fc.oneof(hostile, fc.jsonValue()),
        }),
        { maxLength: 3 },
      ),
      orderBy: fc.array(fc.record({ column: known, direction: fc.constantFrom('asc', 'desc') }), { maxLength: 2 }),
      after: fc.oneof(
        hostile,
        fc.constant(null),
        fc.array(hostile).map((all) => Buffer.from(JSON.stringify(all)).toString('base64url')),
      ),
    })
    const row = fc.dictionary(known, fc.oneof(hostile, fc.jsonValue()), { maxKeys: 3 })
    await fc.assert(
      fc.asyncProperty(reading, row, async (args, values) => {
        await bearing(() => tableRows(ctx(), Number(table), args as never, true))
        await bearing(() => insertTableRows(ctx(), Number(table), { values }))
      }),
      { ...RUNS, numRuns: 100 },
    )
    await expectUntouched()
  })

  it('keeps every text that can be kept as it is', async () => {
    const { id } = await desk.create('Texts', [{ name: 'word', type: 'text' }])
    const words = NAUGHTY.filter((word) => word.isWellFormed() && !word.includes('\0'))
    await desk.insert(
      id,
      words.map((word) => ({ word })),
    )
    const { nodes } = await desk.done('rows', { id, first: 200 })
    expect(nodes.map((each: { values: { word: string } }) => each.values.word)).toEqual(words)
    for (const word of words.slice(0, 60).filter(Boolean)) {
      const found = await desk.done('rows', { id, filter: [{ column: 'word', value: word }] })
      expect(found.nodes.map((each: { values: { word: string } }) => each.values.word)).toEqual([word])
    }
    await expectUntouched()
  })
})
