import { batched } from '../../core/batched.ts'
import type { Context } from '../../core/context.ts'

export type PayrollTotals = { totalGross: string; totalNet: string; employeeCount: number }

const NOTHING: PayrollTotals = { totalGross: '0.00', totalNet: '0.00', employeeCount: 0 }

const totalsOf = batched(async (ctx: Context, ids: readonly number[]) => {
  const rows = await ctx.db.$queryRaw<(PayrollTotals & { id: number })[]>`
    SELECT payroll_run_id AS id, sum(gross)::text AS "totalGross", sum(net)::text AS "totalNet",
      count(*)::int AS "employeeCount"
    FROM payroll_line
    WHERE organization_id = ${ctx.organizationId} AND payroll_run_id = ANY(${ids}::int[])
    GROUP BY payroll_run_id`
  return new Map(rows.map((row) => [row.id, row]))
})

export const keepPayrollTotals = totalsOf.keep

/** What a run adds up to; one statement however many runs and sums are asked for. */
export const payrollTotals = async (ctx: Context, id: number): Promise<PayrollTotals> =>
  (await totalsOf(ctx, id)) ?? NOTHING
