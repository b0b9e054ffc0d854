import { builder } from '../core/builder.ts'
import type { Context } from '../core/context.ts'
import { today } from '../core/day.ts'
import { type HrTotals, hrTotals, type LatestPayroll } from './overview.sql.ts'
import { PayrollStatus } from './payroll/schema.ts'

type Overview = HrTotals & { asOf: Date }

export const PayrollSummary = builder.objectRef<LatestPayroll>('PayrollSummary').implement({
  description: 'What a payroll run adds up to.',
  authScopes: { can: 'hr:read' },
  fields: (t) => ({
    month: t.exposeInt('month', { description: '1 to 12.' }),
    year: t.exposeInt('year'),
    totalGross: t.expose('totalGross', { type: 'Decimal' }),
    totalNet: t.expose('totalNet', { type: 'Decimal' }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    employeeCount: t.exposeInt('employeeCount', { description: 'How many people it pays.' }),
    status: t.expose('status', { type: PayrollStatus }),
  }),
})

export const HrOverview = builder.objectRef<Overview>('HrOverview').implement({
  description: 'Who works here, who is away, and the latest pay, computed from the rows.',
  authScopes: { can: 'hr:read' },
  fields: (t) => ({
    asOf: t.expose('asOf', { type: 'Date', description: 'Today, in UTC.' }),
    totalEmployees: t.exposeInt('totalEmployees', { description: 'Everyone who has not left.' }),
    activeEmployees: t.exposeInt('activeEmployees', { description: 'Everyone whose status is ACTIVE.' }),
    onLeaveToday: t.exposeInt('onLeaveToday', { description: 'People whose approved leave covers asOf.' }),
    pendingLeaveRequests: t.exposeInt('pendingLeaveRequests'),
    latestPayroll: t.expose('latestPayroll', {
      type: PayrollSummary,
      nullable: true,
      description: 'The run of the latest month, whatever its status; null before the first.',
    }),
  }),
})

export async function hrOverview(ctx: Context): Promise<Overview> {
  const asOf = today(ctx.clock)
  return { asOf, ...(await hrTotals(ctx, asOf)) }
}

builder.queryField('hrOverview', (t) =>
  t.field({
    type: HrOverview,
    description: 'People and payroll at a glance.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/hr',
      view: `asOf totalEmployees activeEmployees onLeaveToday pendingLeaveRequests
        latestPayroll { month year totalGross totalNet employeeCount status }`,
    },
    authScopes: { can: 'hr:read' },
    resolve: (_root, _args, ctx) => hrOverview(ctx),
  }),
)
