import { builder } from '../../core/builder.ts'
import { defineList } from '../../core/list/declare.ts'

export const PayrollLine = builder.prismaObject('PayrollLine', {
  description: "One person's pay in a run.",
  authScopes: { can: 'hr:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    gross: t.expose('gross', { type: 'Decimal', description: "In the run's currency." }),
    net: t.expose('net', { type: 'Decimal', description: 'What was paid out: at most the gross.' }),
    employeeId: t.exposeID('employeeId'),
    employee: t.relation('employee'),
    payrollRunId: t.exposeID('payrollRunId'),
    payrollRun: t.relation('payrollRun'),
  }),
})

export const PayrollLines = defineList({
  model: 'PayrollLine',
  filter: { gross: 'Decimal', net: 'Decimal', employeeId: 'ID', payrollRunId: 'ID' },
  order: ['id', 'gross', 'net'],
  defaultOrder: 'id',
})

export const PayrollLineInput = builder.inputType('PayrollLineInput', {
  description: "One person's pay.",
  fields: (t) => ({
    employeeId: t.id({ required: true }),
    gross: t.field({ type: 'Decimal', required: true }),
    net: t.field({ type: 'Decimal', required: true, description: 'At most the gross.' }),
  }),
})
