import { z } from 'zod'
import { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { today } from '../core/day.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { type FinanceTotals, financeTotals } from './overview.sql.ts'

type Overview = FinanceTotals & { asOf: Date }

export const FinanceOverview = builder.objectRef<Overview>('FinanceOverview').implement({
  description: 'Where the money stands, computed from the rows. Amounts are of one currency; counts are of everything.',
  authScopes: { can: 'finance:read' },
  fields: (t) => ({
    asOf: t.expose('asOf', { type: 'Date', description: 'Today, in UTC.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217: what the amounts are in.' }),
    totalTransactions: t.exposeInt('totalTransactions', { description: 'All there ever were, in every currency.' }),
    recentIncome: t.expose('recentIncome', { type: 'Decimal', description: 'In the 30 days that end with asOf.' }),
    recentExpense: t.expose('recentExpense', { type: 'Decimal', description: 'In the 30 days that end with asOf.' }),
    totalRecurringMonthly: t.expose('totalRecurringMonthly', {
      type: 'Decimal',
      description:
        'Active recurring costs per month: a week counts 52/12 times, a quarter a third, a year a twelfth; the sum is rounded half up to cents.',
    }),
    vendorCount: t.exposeInt('vendorCount'),
    businessLineCount: t.exposeInt('businessLineCount'),
    budgetCount: t.exposeInt('budgetCount'),
  }),
})

const question = z.object({ currency: rules.currency.nullish() })

export async function financeOverview(ctx: Context, input: Input = {}): Promise<Overview> {
  const { currency = null } = validated(question, input)
  const asOf = today(ctx.clock)
  return { asOf, ...(await financeTotals(ctx, asOf, currency)) }
}

builder.queryField('financeOverview', (t) =>
  t.field({
    type: FinanceOverview,
    description: 'Income, expense and recurring cost at a glance.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/finance',
      view: 'asOf totalTransactions recentIncome recentExpense totalRecurringMonthly vendorCount businessLineCount budgetCount',
    },
    authScopes: { can: 'finance:read' },
    args: {
      currency: t.arg.string({
        description: 'ISO 4217; the one most transactions are in (else most active costs, else USD) unless given.',
      }),
    },
    resolve: (_root, args, ctx) => financeOverview(ctx, args),
  }),
)
