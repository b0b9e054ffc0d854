import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asSystem } from '../../src/db/tenant.ts'
import {
  COMPANIES,
  FIELDS,
  follow,
  graph,
  inOrganization,
  leadOf,
  openLeads,
  page,
  type Row,
  refused,
  replace,
} from './leads.ts'

openLeads()

const orders = fc
  .uniqueArray(fc.constantFrom(...Object.keys(FIELDS)), { minLength: 1, maxLength: 3 })
  .chain((fields) =>
    fc.tuple(
      ...fields.map((field) => fc.record({ field: fc.constant(field), direction: fc.constantFrom('ASC', 'DESC') })),
    ),
  )

type Order = { field: string; direction: string }[]

/** As far as JavaScript and the database agree: numbers, times, absence; texts by equality alone. */
function isOrdered(rows: Row[], order: Order): boolean {
  const numeric = order.filter(({ field }) => ['SCORE', 'CREATED_AT', 'ID'].includes(field))
  if (numeric.length < order.length) return true
  const compare = (a: Row, b: Row) => {
    for (const { field, direction } of order) {
      const difference = Number(a[FIELDS[field]!]) - Number(b[FIELDS[field]!])
      if (difference) return direction === 'ASC' ? difference : -difference
    }
    return 0
  }
  return rows.every((row, i) => i === 0 || compare(rows[i - 1]!, row) <= 0)
}

describe('pages', () => {
  it('followed to the end, in any order, show each row once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(leadOf, { maxLength: 14 }),
        orders,
        fc.integer({ min: 1, max: 5 }),
        async (leads, orderBy, first) => {
          const rows = await replace(leads)
          const seen = await follow({ first, orderBy })
          expect(seen.toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id).sort((a, b) => a - b))
          expect(
            isOrdered(
              seen.map((id) => rows.find((row) => row.id === id)!),
              orderBy as Order,
            ),
          ).toBe(true)
          expect(seen).toEqual((await page({ first: 200, orderBy })).nodes.map(({ id }) => Number(id)))
        },
      ),
      { numRuns: 60 },
    )
  }, 120_000)

  it('put rows without a value last in both directions', async () => {
    const rows = await replace(
      COMPANIES.flatMap((company) => [
        { name: 'A', company },
        { name: 'B', company },
      ]),
    )
    for (const direction of ['ASC', 'DESC']) {
      const seen = await follow({ first: 3, orderBy: [{ field: 'COMPANY', direction }] })
      const last = seen.slice(-2).map((id) => rows.find((row) => row.id === id)!.company)
      expect(last).toEqual([null, null])
      expect(new Set(seen).size).toBe(rows.length)
    }
  })

  it('show each lasting row once while others come and go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(leadOf, { minLength: 6, maxLength: 14 }), orders, async (leads, orderBy) => {
        const rows = await replace(leads)
        const fleeting = rows.slice(0, 2).map(({ id }) => id)
        const { prisma } = graph.kit.app
        const disturb = (pages: number) =>
          asSystem(async () => {
            await prisma.lead.deleteMany({ where: { id: { in: fleeting.slice(pages - 1, pages) } } })
            await prisma.lead.create({ data: { ...inOrganization(), ...leads[pages % leads.length]! } })
          })
        const seen = await follow({ first: 4, orderBy }, (pages) => (pages < 4 ? disturb(pages) : Promise.resolve()))
        const lasting = rows.map(({ id }) => id).filter((id) => !fleeting.includes(id))
        expect(lasting.filter((id) => seen.filter((other) => other === id).length !== 1)).toEqual([])
        expect(new Set(seen).size).toBe(seen.length)
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  it('refuse a cursor of another order, of another list, and one that is none', async () => {
    await replace([{ name: 'A' }, { name: 'B' }])
    const { pageInfo } = await page({ first: 1, orderBy: [{ field: 'NAME' }] })
    const named = [['INVALID_REQUEST', ['after']]]
    expect(await refused({ after: pageInfo.endCursor })).toEqual(named)
    expect(await refused({ after: pageInfo.endCursor, orderBy: [{ field: 'NAME', direction: 'DESC' }] })).toEqual(named)
    const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    for (const after of [
      'x',
      '%',
      forged(null),
      forged(['-createdAt,-id']),
      forged(['-createdAt,-id', 'soon', 1]),
      forged(['-createdAt,-id', '2026-01-01T00:00:00Z', 1.5]),
    ])
      expect(await refused({ after }), after).toEqual(named)
  })

  it('can be numbered with an offset, within bounds', async () => {
    await replace(Array.from({ length: 7 }, (_, i) => ({ name: `Lead ${i}` })))
    const orderBy = [{ field: 'NAME' }]
    const all = await follow({ first: 200, orderBy })
    const numbered = await Promise.all([0, 3, 6, 9].map((offset) => page({ first: 3, offset, orderBy })))
    expect(numbered.map(({ nodes }) => nodes.map(({ id }) => Number(id)))).toEqual([
      all.slice(0, 3),
      all.slice(3, 6),
      all.slice(6),
      [],
    ])
    expect(numbered.map(({ pageInfo }) => [pageInfo.hasPreviousPage, pageInfo.hasNextPage])).toEqual([
      [false, true],
      [true, true],
      [true, false],
      [true, false],
    ])
    expect(await refused({ offset: -1 })).toEqual([['INVALID_REQUEST', ['offset']]])
    expect(await refused({ offset: 1_000_001 })).toEqual([['INVALID_REQUEST', ['offset']]])
  })

  it('name each field of an order once', async () => {
    expect(await refused({ orderBy: [{ field: 'NAME' }, { field: 'NAME' }] })).toEqual([
      ['INVALID_REQUEST', ['orderBy']],
    ])
  })

  it('count all rows whichever page is read', async () => {
    await replace(Array.from({ length: 5 }, (_, i) => ({ name: `Lead ${i}` })))
    const first = await page({ first: 2 })
    const second = await page({ first: 2, after: first.pageInfo.endCursor })
    const none = await page({ first: 0 })
    expect([first, second, none].map(({ totalCount, nodes }) => [totalCount, nodes.length])).toEqual([
      [5, 2],
      [5, 2],
      [5, 0],
    ])
  })
})
