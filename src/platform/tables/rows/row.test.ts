import { beforeAll, describe, expect, it } from 'vitest'
import { testGraph } from '../../../../test/kit/graph.ts'
import { TableDesk } from '../../../../test/kit/tables.ts'

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
