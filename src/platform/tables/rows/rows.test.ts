import { beforeAll, describe, expect, it } from 'vitest'
import { testGraph } from '../../../../test/kit/graph.ts'
import { TableDesk } from '../../../../test/kit/tables.ts'
import { connected } from '../../../db/connected.ts'
import { MAX_ROWS } from '../limits.ts'
import { deleteTableRow, insertTableRows, updateTableRow } from './verbs.ts'

const graph = testGraph()
const desk = new TableDesk(graph)
beforeAll(async () => {
  await desk.open()
  await desk.open('b')
})

const ALL = [
  { name: 'text', type: 'text' },
  { name: 'short', type: 'varchar(3)' },
  { name: 'yes', type: 'boolean' },
  { name: 'tiny', type: 'smallint' },
  { name: 'whole', type: 'integer' },
  { name: 'big', type: 'bigint' },
  { name: 'amount', type: 'numeric(10,2)' },
  { name: 'exact', type: 'numeric' },
  { name: 'near', type: 'real' },
  { name: 'far', type: 'double' },
  { name: 'day', type: 'date' },
  { name: 'clock', type: 'time' },
  { name: 'moment', type: 'timestamptz' },
  { name: 'token', type: 'uuid' },
  { name: 'more', type: 'jsonb' },
]
const UUID = '3f2b8c1e-0d4a-4b7e-9a53-2f1c6d7e8b90'
const FULL = {
  ...{
    text: 'Größe 😀 \' " \\ % \n',
    short: 'äöü',
    yes: true,
    tiny: -32768,
    whole: 2147483647,
    big: '9223372036854775807',
  },
  ...{ amount: '12345678.90', exact: '123456789012345678901234567890.12345', near: 0.5, far: 1.7976931348623157e308 },
  ...{ day: '2024-02-29', clock: '23:59:59.5', moment: '2026-05-23T13:42:00.123+02:00', token: UUID.toUpperCase() },
  more: { a: [1, 'two', null, { b: false }] },
}
const STORED = { ...FULL, moment: '2026-05-23T11:42:00.123Z', token: UUID }
const NOTHING = Object.fromEntries(ALL.map(({ name }) => [name, null]))

describe('a row', () => {
  let id = ''
  beforeAll(async () => {
    id = (await desk.create('Everything', ALL)).id
  })

  it('keeps values of every type, to the last digit', async () => {
    const { rows } = await desk.done('insert', { id, input: { values: FULL } })
    expect(rows).toEqual([{ id: '1', values: STORED }])
    expect(await desk.done('row', { id, rowId: '1' })).toEqual(rows[0])
    const again = await desk.done('insert', { id, input: { values: rows[0].values } })
    expect(again.rows[0].values).toEqual(STORED)
  })

  it('is without values where it is given none', async () => {
    const { count, rows } = await desk.done('insert', { id, input: { rows: [{}, { text: null }] } })
    expect([count, rows.map(({ values }: any) => values)]).toEqual([2, [NOTHING, NOTHING]])
  })

  it.each([
    ...[
      ['text', 1],
      ['text', 'a\0b'],
      ['short', 'four'],
      ['yes', 'true'],
      ['yes', 1],
      ['tiny', 32768],
      ['whole', 1.5],
    ],
    ...[
      ['whole', '1e3'],
      ['whole', 2147483648],
      ['big', '9223372036854775808'],
      ['big', 1e21],
      ['amount', '1.234'],
    ],
    ...[
      ['amount', '123456789.00'],
      ['amount', 'NaN'],
      ['exact', 'Infinity'],
      ['exact', '1e5'],
      ['exact', ''],
      ['near', 1e39],
    ],
    ...[
      ['near', 1e-50],
      ['far', 'many'],
      ['far', ''],
      ['day', '2026-02-30'],
      ['day', 'today'],
      ['day', '0000-01-01'],
      ['clock', '24:00'],
    ],
    ...[
      ['clock', 'now'],
      ['moment', '2026-05-23'],
      ['moment', '2026-05-23T11:42:00'],
      ['moment', 'infinity'],
      ['token', 'x'],
    ],
    ...[
      ['token', `{${UUID}}`],
      ['whole', []],
      ['text', {}],
      ['nowhere', 1],
      ['id', 7],
      ['Text', 'a'],
      ['', 1],
      ['constructor', 1],
    ],
  ] as [string, unknown][])('has no place for %s: %j', async (column, value) => {
    const { code, fields, message } = await desk.refusal('insert', { id, input: { rows: [{}, { [column]: value }] } })
    expect(code, message).toBe('INVALID_REQUEST')
    if (!String(value).includes('\0')) expect(Object.keys(fields)).toEqual([`rows.1.${column}`])
  })

  it('is changed where it is said, and nowhere else', async () => {
    const [rowId, other] = await desk.insert(id, [FULL, FULL])
    const values = { text: 'new', more: null, day: null }
    expect((await desk.done('change', { id, input: { rowId, values } })).values).toEqual({ ...STORED, ...values })
    expect((await desk.done('row', { id, rowId: other })).values).toEqual(STORED)
    const { events, audit } = await graph.trail()
    const data = {
      tableId: Number(id),
      name: 'Everything',
      count: 1,
      ids: [Number(rowId)],
      columns: ['text', 'day', 'more'],
    }
    expect(events.at(-1)).toMatchObject({ type: 'table_row.updated', data })
    expect(audit.at(-1)).toMatchObject({
      action: 'table_row.updated',
      targetType: 'table',
      targetId: id,
      changes: data,
    })
  })

  it('that is changed to what it was is not announced', async () => {
    const [rowId] = await desk.insert(id, [FULL])
    const before = (await graph.trail()).events.length
    await desk.done('change', { id, input: { rowId, values: FULL } })
    await desk.done('change', { id, input: { rowId, values: {} } })
    expect((await graph.trail()).events.length).toBe(before)
  })

  it('is deleted, and returned as it was', async () => {
    const [rowId] = await desk.insert(id, [{ text: 'gone' }])
    expect((await desk.done('remove', { id, input: { rowId } })).values).toEqual({ ...NOTHING, text: 'gone' })
    for (const doing of ['remove', 'change'] as const)
      expect(
        (await desk.refusal(doing, { id, input: { rowId, ...(doing === 'change' && { values: {} }) } })).code,
      ).toBe('NOT_FOUND')
    expect((await desk.refusal('row', { id, rowId })).code).toBe('NOT_FOUND')
    expect((await graph.trail()).events.at(-1)).toMatchObject({
      type: 'table_row.deleted',
      data: { ids: [Number(rowId)] },
    })
  })

  it('and what it holds stay out of the trail', async () => {
    await desk.insert(id, [{ text: 'between us', more: { word: 'between us' } }])
    const { events, audit } = await graph.trail()
    const told = JSON.stringify([events, audit], (_key, value) => (typeof value === 'bigint' ? String(value) : value))
    expect(told).not.toContain('between us')
  })
})

describe('rows', () => {
  it('get what a column gives by itself, each its own, unless they say otherwise', async () => {
    const { id } = await desk.create('Defaults', [
      { name: 'state', type: 'text', default: "o'pen" },
      { name: 'at', type: 'timestamptz', default: 'now()' },
      { name: 'token', type: 'uuid', default: 'gen_random_uuid()', unique: true },
      { name: 'place', type: 'integer', default: 'identity' },
      { name: 'more', type: 'jsonb', default: { tags: [] } },
    ])
    const { rows } = await desk.done('insert', {
      id,
      input: { rows: [{}, { state: null, place: 9 }, { state: 'closed' }] },
    })
    const values = rows.map((row: any) => row.values)
    expect(values.map(({ state }: any) => state)).toEqual(["o'pen", null, 'closed'])
    expect(values.map(({ place }: any) => place)).toEqual([1, 9, 2])
    expect(new Set(values.map(({ token }: any) => token)).size).toBe(3)
    expect(values[0]).toMatchObject({ at: expect.stringMatching(/Z$/), more: { tags: [] } })
  })

  it('keep the order they are given in, a thousand at most', async () => {
    const { id } = await desk.create('Many', [{ name: 'n', type: 'integer' }])
    const rows = Array.from({ length: MAX_ROWS }, (_, n) => ({ n }))
    const before = (await graph.trail()).events.length
    const { count, rows: inserted } = await desk.done('insert', { id, input: { rows } })
    expect([count, inserted.every((row: any, n: number) => row.values.n === n && row.id === String(n + 1))]).toEqual([
      MAX_ROWS,
      true,
    ])
    expect((await graph.trail()).events.length).toBe(before + 1)
    expect((await desk.refusal('insert', { id, input: { rows: [...rows, {}] } })).fields).toHaveProperty('rows')
    expect((await desk.refusal('insert', { id, input: { rows: [] } })).code).toBe('INVALID_REQUEST')
    expect((await desk.refusal('insert', { id, input: { rows: [{}], values: {} } })).code).toBe('INVALID_REQUEST')
    expect((await desk.refusal('insert', { id, input: { values: [] } })).code).toBe('INVALID_REQUEST')
  })

  it('are inserted all or not at all', async () => {
    const columns = [
      { name: 'sku', type: 'text', nullable: false, unique: true },
      { name: 'n', type: 'integer', check: { min: 0, max: 9 } },
    ]
    const { id } = await desk.create('Strict', columns)
    await desk.insert(id, [{ sku: 'A' }])
    const refused = (...rows: object[]) => desk.refusal('insert', { id, input: { rows } })
    expect(await refused({ sku: 'B' }, { sku: 'A' })).toMatchObject({
      code: 'CONFLICT',
      fields: { 'values.sku': [expect.any(String)] },
    })
    expect((await refused({ sku: 'B' }, { n: 10 }, { sku: null, n: -1 })).fields).toEqual({
      'rows.1.n': ['must be at most 9.'],
      'rows.1.sku': ['is needed.'],
      'rows.2.sku': ['must not be null.'],
      'rows.2.n': ['must be at least 0.'],
    })
    expect((await desk.refusal('change', { id, input: { rowId: '1', values: { n: 10 } } })).fields).toHaveProperty([
      'values.n',
    ])
    expect((await desk.refusal('change', { id, input: { rowId: '1', values: { sku: null } } })).fields).toHaveProperty([
      'values.sku',
    ])
    expect((await desk.done('rows', { id })).totalCount).toBe(1)
  })

  it('with a text that no index can hold are refused', async () => {
    const { id } = await desk.create('Indexed', [{ name: 'word', type: 'text', unique: true }])
    // What repeats is compressed; this is not.
    const word = Array.from({ length: 20_000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000))).join('')
    expect((await desk.refusal('insert', { id, input: { values: { word } } })).code).toBe('INVALID_REQUEST')
  })

  it('are seen with the columns of now, whatever was asked before', async () => {
    const { id } = await desk.create('Moving', [{ name: 'a', type: 'text' }])
    for (let n = 0; n < 3; n += 1) {
      await desk.insert(id, [{ a: 'x' }])
      await desk.done('rows', { id, orderBy: [{ column: 'a' }] })
    }
    await desk.confirmed('update', id, { dropColumns: ['a'], addColumns: [{ name: 'a', type: 'integer', default: 7 }] })
    expect((await desk.done('rows', { id, orderBy: [{ column: 'a' }] })).nodes[0].values).toEqual({ a: 7 })
    await desk.insert(id, [{ a: 8 }])
    expect((await desk.done('rows', { id, filter: [{ column: 'a', op: 'GT', value: 7 }] })).totalCount).toBe(1)
  })

  it('are not written where their audit row cannot be', async () => {
    const { id } = await desk.create('Unaudited', [{ name: 'a', type: 'text' }])
    await desk.insert(id, [{ a: 'kept' }])
    const ctx = { ...graph.as().ctx, address: '\0' }
    await expect(insertTableRows(ctx, Number(id), { values: { a: 'new' } })).rejects.toThrow()
    await expect(updateTableRow(ctx, Number(id), { rowId: 1n, values: { a: 'new' } })).rejects.toThrow()
    await expect(deleteTableRow(ctx, Number(id), 1n)).rejects.toThrow()
    expect((await desk.done('rows', { id })).nodes).toEqual([{ id: '1', values: { a: 'kept' } }])
  })

  it('are read by whoever may read tables, and written by whoever may write to them', async () => {
    const { id } = await desk.create('Guarded', [{ name: 'a', type: 'text' }])
    const [rowId] = await desk.insert(id, [{ a: 'x' }], { permissions: ['tables:write', 'tables:read'] })
    const as = { permissions: ['tables:read'] as const }
    await desk.done('rows', { id }, as)
    for (const [doing, input] of [
      ['insert', { values: {} }],
      ['change', { rowId, values: {} }],
      ['remove', { rowId }],
    ] as const)
      expect(await desk.refusal(doing, { id, input }, as)).toMatchObject({ need: 'tables:write' })
    expect(await desk.refusal('rows', { id }, { permissions: ['tables:manage'] })).toMatchObject({
      need: 'tables:read',
    })
  })

  it('of another organization are none, like those of a table that is not there', async () => {
    const { id } = await desk.create('Theirs', [{ name: 'a', type: 'text' }], { organization: 'b' })
    await desk.insert(id, [{ a: 'secret' }], { organization: 'b' })
    const plain = ({ requestId: _, ...refusal }: Record<string, any>) => refusal
    const asked = [
      ...[
        ['rows', {}],
        ['row', { rowId: '1' }],
        ['insert', { input: { values: {} } }],
      ],
      ...[
        ['change', { input: { rowId: '1', values: {} } }],
        ['remove', { input: { rowId: '1' } }],
      ],
    ] as const
    for (const [doing, more] of asked as any)
      expect(plain(await desk.refusal(doing, { id, ...more }))).toEqual(
        plain(await desk.refusal(doing, { id: '2000000000', ...more })),
      )
    expect((await desk.done('rows', { id }, { organization: 'b' })).totalCount).toBe(1)
  })

  it('wait a while for whoever is busy with them, and then say so', async () => {
    const { id, databaseName } = await desk.create('Busy', [{ name: 'a', type: 'text' }])
    await desk.insert(id, [{ a: 'x' }])
    const { roleName, schemaName } = await graph.as().ctx.db.managedSpace.findFirstOrThrow()
    await connected({ connectionString: graph.kit.config.databaseUrl! }, async (client) => {
      await client.query(`BEGIN; SET LOCAL ROLE ${roleName}; LOCK TABLE ${schemaName}.${databaseName}`)
      const answers = await Promise.all([
        desk.refusal('rows', { id }),
        desk.refusal('insert', { id, input: { values: {} } }),
        desk.refusal('remove', { id, input: { rowId: '1' } }),
      ])
      for (const answer of answers) expect(answer).toMatchObject({ code: 'CONFLICT', retryAfter: 5 })
    })
  })
})
