import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { listField, relatedList } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { rowField } from '../../core/row-field.ts'
import { PayrollStatus as STATUSES } from '../../db/generated/enums.ts'
import { PayrollLines } from './lines.ts'
import { payrollTotals } from './totals.sql.ts'

export const PayrollStatus = enumOf('PayrollStatus', STATUSES, 'How far a payroll run has come.')

export const PayrollRun = builder.prismaObject('PayrollRun', {
  description: "One month's pay.",
  authScopes: { can: 'hr:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    month: t.exposeInt('month', { description: '1 to 12.' }),
    year: t.exposeInt('year'),
    status: t.expose('status', { type: PayrollStatus }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    totalGross: t.field({
      type: 'Decimal',
      resolve: async ({ id }, _args, ctx) => (await payrollTotals(ctx, id)).totalGross,
    }),
    totalNet: t.field({
      type: 'Decimal',
      resolve: async ({ id }, _args, ctx) => (await payrollTotals(ctx, id)).totalNet,
    }),
    employeeCount: t.int({
      description: 'How many people it pays.',
      resolve: async ({ id }, _args, ctx) => (await payrollTotals(ctx, id)).employeeCount,
    }),
    lines: relatedList(t, PayrollLines, 'lines'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const PayrollRuns = defineList({
  model: 'PayrollRun',
  filter: {
    month: 'Int',
    year: 'Int',
    status: PayrollStatus,
    currency: 'String',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  order: ['id', 'month', 'year', 'status', 'createdAt', 'updatedAt'],
  defaultOrder: '-id',
})

builder.queryFields((t) => ({
  payrollRuns: listField(t, PayrollRuns, {
    description: 'Payroll runs, the one recorded last first.',
    rest: false,
    authScopes: { can: 'hr:read' },
  }),
  payrollRun: rowField(t, PayrollRun, 'payroll run', {
    description: 'One payroll run. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'hr:read' },
  }),
}))
