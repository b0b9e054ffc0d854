import { batched } from '../core/batched.ts'
import type { Context } from '../core/context.ts'

type Spent = { id: number; spent: string }

/** What was spent against each budget, in one statement. */
export const spentOf = batched(async (ctx: Context, ids: readonly number[]) => {
  const rows = await ctx.db.$queryRaw<Spent[]>`
    SELECT budget.id, sum(expense.amount)::text AS spent
    FROM budget
    JOIN transaction expense ON expense.organization_id = budget.organization_id
      AND expense.kind = 'expense'
      AND expense.currency = budget.currency
      AND (budget.business_line_id IS NULL OR expense.business_line_id = budget.business_line_id)
      AND expense.occurred_on >= budget.starts_on
      AND expense.occurred_on < budget.starts_on + CASE budget.period
        WHEN 'month' THEN interval '1 month'
        WHEN 'quarter' THEN interval '3 months'
        ELSE interval '1 year'
      END
    WHERE budget.organization_id = ${ctx.organizationId} AND budget.id = ANY(${ids}::int[])
    GROUP BY budget.id`
  return new Map(rows.map(({ id, spent }) => [id, spent]))
})
