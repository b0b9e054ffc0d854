import { isoDate } from '../core/clock.ts'
import type { Context } from '../core/context.ts'
import type { PayrollStatus } from '../db/generated/enums.ts'
import type { PayrollTotals } from './payroll/totals.sql.ts'

export type LatestPayroll = PayrollTotals & { month: number; year: number; status: PayrollStatus; currency: string }

export type HrTotals = {
  totalEmployees: number
  activeEmployees: number
  onLeaveToday: number
  pendingLeaveRequests: number
  latestPayroll: LatestPayroll | null
}

/** Sums leave the database as text: JSON numbers would lose their cents. */
export async function hrTotals(ctx: Context, asOf: Date): Promise<HrTotals> {
  const organization = ctx.organizationId
  const [totals] = await ctx.db.$queryRaw<HrTotals[]>`
    SELECT
      count(*) FILTER (WHERE status <> 'terminated')::int AS "totalEmployees",
      count(*) FILTER (WHERE status = 'active')::int AS "activeEmployees",
      (SELECT count(DISTINCT employee_id) FROM leave_request
        JOIN employee away ON away.organization_id = leave_request.organization_id AND away.id = employee_id
        WHERE leave_request.organization_id = ${organization} AND leave_request.status = 'approved'
          AND away.status <> 'terminated'
          AND ${isoDate(asOf)}::date BETWEEN starts_on AND ends_on)::int AS "onLeaveToday",
      (SELECT count(*) FROM leave_request
        WHERE organization_id = ${organization} AND status = 'pending')::int AS "pendingLeaveRequests",
      (SELECT json_build_object('month', month, 'year', year, 'status', status, 'currency', currency,
          'totalGross', coalesce(sum(gross), 0.00)::text, 'totalNet', coalesce(sum(net), 0.00)::text,
          'employeeCount', count(payroll_line.id))
        FROM (SELECT * FROM payroll_run WHERE organization_id = ${organization}
          ORDER BY year DESC, month DESC LIMIT 1) latest
        LEFT JOIN payroll_line ON payroll_line.organization_id = latest.organization_id
          AND payroll_run_id = latest.id
        GROUP BY month, year, status, currency) AS "latestPayroll"
    FROM employee WHERE organization_id = ${organization}`
  return totals!
}
