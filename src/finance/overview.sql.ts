import { isoDate } from '../core/clock.ts'
import type { Context } from '../core/context.ts'
import { daysAfter } from '../core/day.ts'

export type FinanceTotals = {
  currency: string
  totalTransactions: number
  recentIncome: string
  recentExpense: string
  totalRecurringMonthly: string
  vendorCount: number
  businessLineCount: number
  budgetCount: number
}

/** A week's cost is 52/12 of it a month: twelfths are summed, so that only the total is rounded. */
export async function financeTotals(ctx: Context, asOf: Date, currency: string | null): Promise<FinanceTotals> {
  const [from, to] = [isoDate(daysAfter(asOf, -29)), isoDate(asOf)]
  const organization = ctx.organizationId
  const [totals] = await ctx.db.$queryRaw<FinanceTotals[]>`
    WITH money AS (
      SELECT currency, count(*) AS entries,
        sum(amount) FILTER (WHERE kind = 'income' AND occurred_on BETWEEN ${from}::date AND ${to}::date) AS income,
        sum(amount) FILTER (WHERE kind = 'expense' AND occurred_on BETWEEN ${from}::date AND ${to}::date) AS expense
      FROM transaction WHERE organization_id = ${organization} GROUP BY currency
    ), cost AS (
      SELECT currency, count(*) AS entries, sum(amount * CASE interval
        WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'quarter' THEN 4 ELSE 1 END) / 12 AS monthly
      FROM recurring_cost WHERE organization_id = ${organization} AND active GROUP BY currency
    ), chosen AS (
      SELECT coalesce(
        ${currency}::char(3),
        (SELECT currency FROM money ORDER BY entries DESC, currency LIMIT 1),
        (SELECT currency FROM cost ORDER BY entries DESC, currency LIMIT 1),
        'USD'
      ) AS currency
    )
    SELECT chosen.currency,
      (SELECT coalesce(sum(entries), 0) FROM money)::int AS "totalTransactions",
      round(coalesce(income, 0), 2)::text AS "recentIncome",
      round(coalesce(expense, 0), 2)::text AS "recentExpense",
      round(coalesce(monthly, 0), 2)::text AS "totalRecurringMonthly",
      (SELECT count(*) FROM vendor WHERE organization_id = ${organization})::int AS "vendorCount",
      (SELECT count(*) FROM business_line WHERE organization_id = ${organization})::int AS "businessLineCount",
      (SELECT count(*) FROM budget WHERE organization_id = ${organization})::int AS "budgetCount"
    FROM chosen LEFT JOIN money USING (currency) LEFT JOIN cost USING (currency)`
  return totals!
}
