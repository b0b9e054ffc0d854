import { beforeEach, describe, expect, test } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { createRecurringCost } from './recurring-costs.ts'
import { createTransaction } from './transactions.ts'
import { createVendor } from './vendors.ts'

const graph = testGraph()

beforeEach(async () => {
  const { db } = graph.as().ctx
  await db.transaction.deleteMany()
  await db.recurringCost.deleteMany()
  await db.vendor.deleteMany()
})

const OVERVIEW = `query($currency: String) { financeOverview(currency: $currency) {
  asOf currency totalTransactions recentIncome recentExpense totalRecurringMonthly vendorCount businessLineCount budgetCount
} }`

const overview = async (variables = {}) => (await graph.as().run(OVERVIEW, variables)).data.financeOverview

const move = (kind: 'income' | 'expense', amount: string, day: string, currency = 'USD') =>
  createTransaction(graph.as().ctx, { kind, amount, currency, occurredOn: new Date(day) })

const cost = (amount: string, interval: string, fields: object = {}) =>
  createRecurringCost(graph.as().ctx, { name: `Each ${interval}`, amount, interval, ...fields })

describe('the finance overview', () => {
  test('of an organization without a row is made of zeros', async () => {
    expect(await overview()).toEqual({
      asOf: '2026-05-23',
      currency: 'USD',
      totalTransactions: 0,
      recentIncome: '0.00',
      recentExpense: '0.00',
      totalRecurringMonthly: '0.00',
      vendorCount: 0,
      businessLineCount: 0,
      budgetCount: 0,
    })
  })

  test('sums the thirty days that end today, and counts everything', async () => {
    await move('income', '100.10', '2026-05-23')
    await move('income', '0.20', '2026-04-24')
    await move('income', '1000', '2026-04-23')
    await move('income', '1000', '2026-05-24')
    await move('expense', '7920.50', '2026-05-01')
    await createVendor(graph.as().ctx, { name: 'Metro Fiber' })
    expect(await overview()).toMatchObject({
      totalTransactions: 5,
      recentIncome: '100.30',
      recentExpense: '7920.50',
      vendorCount: 1,
    })
  })

  test('turns every interval into months exactly and rounds only the sum', async () => {
    await cost('0.01', 'year')
    await cost('0.01', 'quarter')
    await cost('30.00', 'month')
    await cost('10.00', 'week')
    await cost('500', 'month', { active: false })
    expect((await overview()).totalRecurringMonthly).toBe('73.34')
    await cost('0.02', 'year')
    expect((await overview()).totalRecurringMonthly).toBe('73.34')
    await cost('0.01', 'week')
    expect((await overview()).totalRecurringMonthly).toBe('73.38')
  })

  test('never adds up different currencies', async () => {
    await move('income', '5', '2026-05-23', 'EUR')
    await move('expense', '3', '2026-05-23', 'EUR')
    await move('income', '70', '2026-05-23')
    expect(await overview()).toMatchObject({ currency: 'EUR', recentIncome: '5.00', totalTransactions: 3 })
    expect(await overview({ currency: 'USD' })).toMatchObject({ currency: 'USD', recentIncome: '70.00' })
  })

  test("does not see another organization's money", async () => {
    await move('income', '5', '2026-05-23')
    const { data } = await graph.as({ organization: 'b' }).run(OVERVIEW)
    expect(data.financeOverview).toMatchObject({ totalTransactions: 0, recentIncome: '0.00' })
  })

  test('refuses what is no currency, and whoever lacks finance:read', async () => {
    const { errors } = await graph.as().run(OVERVIEW, { currency: 'dollars' })
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'INVALID_REQUEST',
      fields: { currency: [expect.any(String)] },
    })
    const refused = await graph.as({ permissions: ['hr:read'] }).run(OVERVIEW)
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'finance:read' })
  })
})
