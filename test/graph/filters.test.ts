import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, leadOf, openLeads, page, type Row, refused, replace } from './leads.ts'

openLeads()

type Test = (row: Row) => boolean | null
type Case = { filter: object; holds: Test }

/** SQL's logic: nothing is known of what has no value, neither that it is equal nor that it is not. */
const known = (value: unknown, test: (value: never) => boolean): boolean | null =>
  value === null ? null : test(value as never)
const lower = (text: string) => text.toLowerCase()

const textCase = fc
  .record({
    column: fc.constantFrom('company', 'source'),
    value: fc.constantFrom('Acme', 'acme', '%', '_', '\\', 'a', '100%', 'web', 'Été', 'é'),
  })
  .chain(({ column, value }) => {
    const of = (row: Row) => row[column as 'company']
    const one = (operator: string, given: unknown, test: (text: string) => boolean): Case => ({
      filter: { [column]: { [operator]: given } },
      holds: (row) => known(of(row), test),
    })
    return fc.constantFrom<Case>(
      one('eq', value, (text) => text === value),
      one('ne', value, (text) => text !== value),
      one('in', [value, 'Zeta'], (text) => [value, 'Zeta'].includes(text)),
      one('notIn', [value, 'Zeta'], (text) => ![value, 'Zeta'].includes(text)),
      one('contains', value, (text) => lower(text).includes(lower(value))),
      one('startsWith', value, (text) => lower(text).startsWith(lower(value))),
      { filter: { [column]: { isNull: true } }, holds: (row) => of(row) === null },
      { filter: { [column]: { isNull: false } }, holds: (row) => of(row) !== null },
      { filter: { [column]: { eq: null } }, holds: (row) => of(row) === null },
      { filter: { [column]: { ne: null } }, holds: (row) => of(row) !== null },
    )
  })

const numberCase = fc.integer({ min: -1, max: 4 }).chain((value) =>
  fc.constantFrom<Case>(
    { filter: { score: { eq: value } }, holds: ({ score }) => score === value },
    { filter: { score: { ne: value } }, holds: ({ score }) => score !== value },
    { filter: { score: { in: [value, 0] } }, holds: ({ score }) => [value, 0].includes(score) },
    { filter: { score: { gt: value } }, holds: ({ score }) => score > value },
    { filter: { score: { gte: value } }, holds: ({ score }) => score >= value },
    { filter: { score: { lt: value } }, holds: ({ score }) => score < value },
    { filter: { score: { lte: value, gte: 1 } }, holds: ({ score }) => score <= value && score >= 1 },
    { filter: { score: { isNull: true } }, holds: () => false },
    { filter: {}, holds: () => true },
    { filter: { score: {} }, holds: () => true },
    { filter: { or: [] }, holds: () => false },
    { filter: { score: { isNull: false } }, holds: () => true },
    { filter: { score: { eq: null } }, holds: () => false },
    { filter: { score: { ne: null } }, holds: () => true },
    { filter: { status: { eq: 'QUALIFIED' } }, holds: ({ status }) => status === 'qualified' },
    { filter: { status: { notIn: ['NEW', 'LOST'] } }, holds: ({ status }) => !['new', 'lost'].includes(status) },
    {
      filter: { createdAt: { gte: '2026-01-02T00:00:00Z' } },
      holds: ({ createdAt }) => createdAt >= new Date('2026-01-02T00:00:00Z'),
    },
    { filter: { createdAt: { isNull: true } }, holds: () => false },
  ),
)

const all = (tests: (boolean | null)[]) => (tests.includes(false) ? false : tests.includes(null) ? null : true)
const any = (tests: (boolean | null)[]) => (tests.includes(true) ? true : tests.includes(null) ? null : false)

const { filter: filters } = fc.letrec<{ filter: Case }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'filter' },
    textCase,
    numberCase,
    fc.array(tie('filter'), { minLength: 1, maxLength: 3, depthIdentifier: 'filter' }).map((inner) => ({
      filter: { and: inner.map(({ filter }) => filter) },
      holds: (row: Row) => all(inner.map(({ holds }) => holds(row))),
    })),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3, depthIdentifier: 'filter' }).map((inner) => ({
      filter: { or: inner.map(({ filter }) => filter) },
      holds: (row: Row) => any(inner.map(({ holds }) => holds(row))),
    })),
    tie('filter').map(({ filter, holds }) => ({
      filter: { not: filter },
      holds: (row: Row) => {
        const held = holds(row)
        return held === null ? null : !held
      },
    })),
  ),
}))

describe('filters', () => {
  let rows: Row[]
  beforeAll(async () => {
    rows = await replace(fc.sample(leadOf, { numRuns: 80, seed: 42 }))
  })

  const idsOf = (matching: Row[]) => matching.map(({ id }) => id).sort((a, b) => a - b)
  const found = async (variables: object) =>
    (await page({ first: 200, ...variables })).nodes.map(({ id }) => Number(id)).sort((a, b) => a - b)

  it('by every operator and their combinations find what the rows themselves say', async () => {
    await fc.assert(
      fc.asyncProperty(filters, async ({ filter, holds }) => {
        expect(await found({ filter })).toEqual(idsOf(rows.filter((row) => holds(row) === true)))
      }),
      { numRuns: 300 },
    )
  }, 120_000)

  it('count what they find', async () => {
    const filter = { score: { gte: 2 } }
    expect((await page({ first: 1, filter })).totalCount).toBe(rows.filter(({ score }) => score >= 2).length)
  })

  it.each(['%', '_', '\\', 'x%y', 'x_y', 'a_b', '100%', 'back\\slash', 'ANN', 'ann lee'])(
    'a search takes %s by its letters',
    async (search) => {
      const words = search.split(' ').map(lower)
      const said = ({ name, company }: Row) => [name, company ?? ''].map(lower)
      expect(await found({ search })).toEqual(
        idsOf(rows.filter((row) => words.every((word) => said(row).some((text) => text.includes(word))))),
      )
    },
  )

  it('nest five levels deep and no deeper', async () => {
    const nested = (levels: number): object => (levels ? { not: nested(levels - 1) } : { score: { eq: 1 } })
    expect((await ask({ filter: nested(5) })).errors).toBeUndefined()
    expect(await refused({ filter: nested(6) })).toEqual([['INVALID_REQUEST', ['filter']]])
  })

  it('a search has at most eight words', async () => {
    expect((await ask({ search: 'a b c d e f g h' })).errors).toBeUndefined()
    expect(await refused({ search: 'a b c d e f g h i' })).toEqual([['INVALID_REQUEST', ['search']]])
  })

  it('of no condition at all change nothing, and an empty choice finds nothing', async () => {
    expect(await found({ filter: {} })).toEqual(idsOf(rows))
    expect(await found({ filter: { score: {}, company: null } })).toEqual(idsOf(rows))
    expect(await found({ filter: { and: [] } })).toEqual(idsOf(rows))
    expect(await found({ filter: { or: [] } })).toEqual([])
    expect(await found({ filter: { score: { in: [] } } })).toEqual([])
    expect(await found({ filter: { not: {} } })).toEqual([])
    expect(await found({ filter: { or: [{ score: { eq: 1 } }, {}] } })).toEqual(idsOf(rows))
  })
})
