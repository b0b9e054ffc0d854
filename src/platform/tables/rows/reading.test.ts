import { beforeAll, describe, expect, it } from 'vitest'
import { testGraph } from '../../../../test/kit/graph.ts'
import { TableDesk } from '../../../../test/kit/tables.ts'

const graph = testGraph()
const desk = new TableDesk(graph)
let id = ''

const COLUMNS = [
  { name: 'name', type: 'varchar(20)' },
  { name: 'n', type: 'integer' },
  { name: 'price', type: 'numeric(10,2)' },
  { name: 'near', type: 'real' },
  { name: 'day', type: 'date' },
  { name: 'at', type: 'timestamptz' },
  { name: 'yes', type: 'boolean' },
  { name: 'token', type: 'uuid' },
  { name: 'more', type: 'jsonb' },
]
const token = (n: number) => `00000000-0000-0000-0000-00000000000${n}`
const ROWS = [
  {
    name: 'Bolt',
    n: 3,
    price: '0.10',
    near: 0.1,
    day: '2026-01-01',
    at: '2026-01-01T00:00:00.500Z',
    yes: true,
    token: token(1),
  },
  {
    name: 'nut 100%',
    n: 1,
    price: '10.00',
    near: 2.5,
    day: '2026-02-01',
    at: '2026-01-01T00:00:00.250Z',
    yes: false,
    token: token(2),
  },
  {
    name: 'Washer',
    n: 3,
    price: '9.99',
    near: -1,
    day: '2025-12-31',
    at: '2026-03-01T00:00:00Z',
    yes: true,
    token: token(3),
  },
  { name: null, n: null, more: { a: 1 } },
  { name: 'bolt, long', n: 2, price: '0.10', near: 0.1, day: '2026-01-01', at: '2026-01-01T00:00:00.500Z', yes: null },
]
beforeAll(async () => {
  await desk.open()
  id = (await desk.create('Read', COLUMNS)).id
  await desk.insert(id, ROWS)
})

type Condition = { column: string; op?: string; value?: unknown }
const ids = async (variables: object): Promise<number[]> =>
  (await desk.done('rows', { id, ...variables })).nodes.map((row: { id: string }) => Number(row.id))
const found = (...filter: Condition[]) => ids({ filter })

describe('conditions', () => {
  it.each([
    ['name', 'EQ', 'Bolt', [1]],
    ['name', 'NE', 'Bolt', [2, 3, 5]],
    ['name', 'CONTAINS', 'BOLT', [1, 5]],
    ['name', 'CONTAINS', '0%', [2]],
    ['name', 'CONTAINS', '%', [2]],
    ['name', 'STARTS_WITH', 'b', [1, 5]],
    ['name', 'IN', ['Bolt', 'bolt, long'], [1, 5]],
    ['name', 'NOT_IN', ['Bolt'], [2, 3, 5]],
    ['name', 'EQ', 'longer than the column can ever be', []],
    ['name', 'GTE', 'a', [2, 5]],
    ['name', 'IS_NULL', true, [4]],
    ['more', 'IS_NULL', false, [4]],
    ['n', 'EQ', 3, [1, 3]],
    ['n', 'EQ', '3', [1, 3]],
    ['n', 'GT', 1, [1, 3, 5]],
    ['n', 'LT', '9223372036854775807', [1, 2, 3, 5]],
    ['n', 'IN', '1,2', [2, 5]],
    ['price', 'EQ', 0.1, [1, 5]],
    ['price', 'LTE', '9.990', [1, 3, 5]],
    ['price', 'GT', '9.985', [2, 3]],
    ['near', 'EQ', 0.1, [1, 5]],
    ['near', 'LT', 0, [3]],
    ['day', 'LT', '2026-01-01', [3]],
    ['at', 'EQ', '2026-01-01T01:00:00.5+01:00', [1, 5]],
    ['at', 'GTE', '2026-01-01T00:00:00.5Z', [1, 3, 5]],
    ['yes', 'EQ', true, [1, 3]],
    ['yes', 'EQ', 'false', [2]],
    ['yes', 'NE', true, [2]],
    ['token', 'EQ', token(2), [2]],
    ['id', 'GT', 3, [4, 5]],
    ['id', 'IN', [1, '5'], [1, 5]],
  ])('%s %s %j finds %j', async (column, op, value, expected) =>
    expect(await found({ column, op, value })).toEqual(expected),
  )

  it('all hold', async () => {
    expect(await found({ column: 'n', value: 3 }, { column: 'price', op: 'GT', value: 1 })).toEqual([3])
    const { totalCount } = await desk.done('rows', { id, first: 1, filter: [{ column: 'n', value: 3 }] })
    expect(totalCount).toBe(2)
  })

  it.each([
    [{ column: 'nope', value: 1 }, 'filter.nope'],
    [{ column: 'n"; DROP TABLE x; --', value: 1 }, 'filter.n"; DROP TABLE x; --'],
    [{ column: 'n', value: 'many' }, 'filter.n.eq'],
    [{ column: 'n', op: 'CONTAINS', value: '1' }, 'filter.n.contains'],
    [{ column: 'more', op: 'EQ', value: {} }, 'filter.more.eq'],
    [{ column: 'yes', op: 'GT', value: true }, 'filter.yes.gt'],
    [{ column: 'name', op: 'IS_NULL', value: 'maybe' }, 'filter.name.is_null'],
    [{ column: 'name', op: 'EQ' }, 'filter.name.eq'],
    [{ column: 'day', op: 'LT', value: 'infinity' }, 'filter.day.lt'],
  ])('%j is refused', async (condition, field) => {
    const { code, fields } = await desk.refusal('rows', { id, filter: [condition] })
    expect([code, Object.keys(fields)]).toEqual(['INVALID_REQUEST', [field]])
  })

  it('are twenty at most', async () => {
    const filter = Array.from({ length: 21 }, () => ({ column: 'n', value: 1 }))
    expect((await desk.refusal('rows', { id, filter })).code).toBe('INVALID_REQUEST')
  })
})

describe('an order', () => {
  const by = (...orderBy: object[]) => ids({ orderBy })

  it('is by any column, empty values last, and then by id', async () => {
    expect(await by({ column: 'n' })).toEqual([2, 5, 1, 3, 4])
    expect(await by({ column: 'n', direction: 'DESC' })).toEqual([3, 1, 5, 2, 4])
    expect(await by({ column: 'price' }, { column: 'n' })).toEqual([5, 1, 3, 2, 4])
    expect(await by({ column: 'id', direction: 'DESC' })).toEqual([5, 4, 3, 2, 1])
    expect(await by()).toEqual([1, 2, 3, 4, 5])
  })

  it.each(['more', 'nope', 'n; DROP TABLE x'])('by %s is refused', async (column) =>
    expect((await desk.refusal('rows', { id, orderBy: [{ column }] })).fields).toHaveProperty('orderBy'),
  )

  it.each(COLUMNS.map(({ name }) => name).filter((name) => name !== 'more'))(
    'by %s is paged without a gap or a repetition, in both directions',
    async (column) => {
      for (const direction of ['ASC', 'DESC'])
        for (const first of [1, 2, 3]) {
          const orderBy = [{ column, direction }]
          const seen: number[] = []
          let page = await desk.done('rows', { id, first, orderBy })
          while (seen.length < 10) {
            seen.push(...page.nodes.map((row: { id: string }) => Number(row.id)))
            expect(page.edges.at(-1).cursor).toBe(page.pageInfo.endCursor)
            if (!page.pageInfo.hasNextPage) break
            page = await desk.done('rows', { id, first, orderBy, after: page.pageInfo.endCursor })
          }
          expect(seen).toEqual(await ids({ orderBy }))
        }
    },
  )
})

describe('a page', () => {
  it('holds two hundred rows at most', async () => {
    expect((await desk.refusal('rows', { id, first: 201 })).fields).toHaveProperty('first')
    expect(await ids({ first: 0 })).toEqual([])
  })

  const cursor = (...values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')
  it.each([
    'nonsense',
    cursor('n,id', '1', 'x'),
    cursor('n,id', 'many', '1'),
    cursor('n,id', '99999999999', '99999999999999999999'),
    cursor('n,id', 1, 2),
    cursor('price,id', '1', '1'),
    cursor('n,id', "1' OR true", '1'),
  ])('does not begin at %s', async (after) => {
    const answer = await desk.refusal('rows', { id, after, orderBy: [{ column: 'n' }] })
    expect([answer.code, Object.keys(answer.fields)]).toEqual(['INVALID_REQUEST', ['after']])
  })
})
