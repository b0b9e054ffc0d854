import { describe, expect, test } from 'vitest'
import { testGraph } from '../../test/kit/graph.ts'
import { statementsOf } from '../../test/kit/statements.ts'
import { createBudget } from './budgets.ts'
import { createBusinessLine } from './business-lines.ts'
import { createTransaction } from './transactions.ts'
import { createVendor } from './vendors.ts'

const graph = testGraph()
const DAY = new Date('2026-05-10')

type Resource = { type: string; event: string; input: object; change: object; bad: [string, object] }

const RESOURCES: Resource[] = [
  {
    type: 'Transaction',
    event: 'transaction',
    input: { kind: 'EXPENSE', amount: '10.50', occurredOn: '2026-05-10' },
    change: { memo: 'Desk', amount: '11' },
    bad: ['amount', { amount: '-1' }],
  },
  {
    type: 'Vendor',
    event: 'vendor',
    input: { name: 'Metro Fiber' },
    change: { email: 'billing@example.com' },
    bad: ['website', { website: 'ftp://example.com' }],
  },
  {
    type: 'BusinessLine',
    event: 'business_line',
    input: { name: 'Hosting' },
    change: { name: 'Managed hosting' },
    bad: ['name', { name: '' }],
  },
  {
    type: 'Budget',
    event: 'budget',
    input: { name: 'Travel', period: 'QUARTER', amount: '900', startsOn: '2026-04-01' },
    change: { period: 'YEAR' },
    bad: ['businessLineId', { businessLineId: 999_999 }],
  },
  {
    type: 'RecurringCost',
    event: 'recurring_cost',
    input: { name: 'Rent', amount: '1200', interval: 'MONTH' },
    change: { active: false },
    bad: ['currency', { currency: 'Dollar' }],
  },
]

describe.each(RESOURCES)('$type', ({ type, event, input, change, bad: [field, wrong] }) => {
  const create = `mutation($input: Create${type}Input!) { create${type}(input: $input) { id } }`
  const update = `mutation($id: ID!, $input: Update${type}Input!) { update${type}(id: $id, input: $input) { id } }`
  const remove = `mutation($id: ID!) { delete${type}(id: $id) { id } }`

  test('is created, changed and deleted, and each is announced and audited', async () => {
    const { run } = graph.as()
    const { id } = (await run(create, { input })).data[`create${type}`]
    expect((await run(update, { id, input: change })).errors).toBeUndefined()
    expect((await run(remove, { id })).data[`delete${type}`]).toEqual({ id })
    expect((await run(remove, { id })).errors?.[0]?.extensions.code).toBe('NOT_FOUND')
    const { events, audit } = await graph.trail()
    const types = ['created', 'updated', 'deleted'].map((verb) => `${event}.${verb}`)
    expect(events.slice(-3).map((each) => each.type)).toEqual(types)
    expect(audit.slice(-3).map(({ action, targetId }) => [action, targetId])).toEqual(types.map((each) => [each, id]))
    expect(Object.keys(audit.at(-2)?.changes as object).sort()).toEqual(Object.keys(change).sort())
  })

  test(`with a bad ${field} is refused under its name`, async () => {
    const { errors } = await graph.as().run(create, { input: { ...input, ...wrong } })
    expect(errors?.[0]?.extensions.code).toBe('INVALID_REQUEST')
    expect(errors?.[0]?.extensions.fields).toHaveProperty([field])
  })

  test('is written only with finance:write', async () => {
    const { errors } = await graph.as({ permissions: ['finance:read'] }).run(create, { input })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', need: 'finance:write' })
  })
})

describe('vendors and business lines', () => {
  test('have names of their own', async () => {
    const { run, ctx } = graph.as()
    await createVendor(ctx, { name: 'Twice' })
    const { errors } = await run('mutation { createVendor(input: { name: "Twice" }) { id } }')
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', fields: { name: [expect.any(String)] } })
  })

  test('stay while transactions refer to them', async () => {
    const { run, ctx } = graph.as()
    const { id: vendorId } = await createVendor(ctx, { name: 'Paid' })
    await createTransaction(ctx, { kind: 'expense', amount: '3', occurredOn: DAY, vendorId })
    expect((await run(`mutation { deleteVendor(id: ${vendorId}) { id } }`)).errors?.[0]?.extensions.code).toBe(
      'CONFLICT',
    )
    const { data } = await run(`{ vendor(id: ${vendorId}) { transactions { totalCount nodes { vendor { name } } } } }`)
    expect(data.vendor.transactions).toEqual({ totalCount: 1, nodes: [{ vendor: { name: 'Paid' } }] })
  })
})

describe('what a budget has left', () => {
  const spend = (amount: string, day: string, fields: object = {}) =>
    createTransaction(graph.as({ organization: 'b' }).ctx, {
      kind: 'expense',
      amount,
      occurredOn: new Date(day),
      ...fields,
    })

  test('counts the expenses of its line, period and currency, in one statement for all budgets', async () => {
    const { ctx, run } = graph.as({ organization: 'b' })
    const { id: businessLineId } = await createBusinessLine(ctx, { name: 'Hosting' })
    const budget = (name: string, period: string, fields: object = {}) =>
      createBudget(ctx, { name, period, amount: '100', startsOn: new Date('2026-05-01'), ...fields })
    await budget('Whole month', 'month')
    await budget('Line, quarter', 'quarter', { businessLineId })
    await budget('Euro, year', 'year', { currency: 'EUR' })
    await spend('1.10', '2026-05-01', { businessLineId })
    await spend('2.20', '2026-05-31')
    await spend('4', '2026-06-01', { businessLineId })
    await spend('8', '2026-04-30', { businessLineId })
    await spend('16', '2026-12-31', { currency: 'EUR' })
    await spend('32', '2026-05-02', { kind: 'income' })
    const ask = async () => {
      const { data } = await run('{ budgets(orderBy: [{ field: ID }]) { nodes { name spent } } }')
      expect(data.budgets.nodes).toEqual([
        { name: 'Whole month', spent: '3.30' },
        { name: 'Line, quarter', spent: '5.10' },
        { name: 'Euro, year', spent: '16.00' },
      ])
    }
    expect(await statementsOf(graph.kit.app.pool, ask)).toBe(2)
  })
})
