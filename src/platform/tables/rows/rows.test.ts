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
