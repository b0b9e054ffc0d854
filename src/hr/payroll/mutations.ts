import { builder } from '../../core/builder.ts'
import { PayrollLineInput } from './lines.ts'
import { PayrollRun } from './schema.ts'
import { approvePayrollRun, createPayrollRun, deletePayrollRun, markPayrollRunPaid, updatePayrollRun } from './verbs.ts'

const CreatePayrollRunInput = builder.inputType('CreatePayrollRunInput', {
  fields: (t) => ({
    month: t.int({ required: true, description: '1 to 12.' }),
    year: t.int({ required: true }),
    currency: t.string({ description: 'ISO 4217; USD unless given.' }),
    lines: t.field({ type: [PayrollLineInput], required: true, description: '1 to 1000, each employee once.' }),
  }),
})
const UpdatePayrollRunInput = builder.inputType('UpdatePayrollRunInput', {
  description: 'What is left out stays.',
  fields: (t) => ({
    month: t.int({ description: '1 to 12.' }),
    year: t.int(),
    currency: t.string({ description: 'ISO 4217.' }),
    lines: t.field({ type: [PayrollLineInput], description: '1 to 1000; they replace all lines.' }),
  }),
})

builder.mutationFields((t) => ({
  createPayrollRun: t.field({
    type: PayrollRun,
    description: "Drafts a month's pay. CONFLICT when the month has a run already.",
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { input: t.arg({ type: CreatePayrollRunInput, required: true }) },
    resolve: (_root, { input }, ctx) => createPayrollRun(ctx, input),
  }),
  updatePayrollRun: t.field({
    type: PayrollRun,
    description: 'Changes a draft. CONFLICT once it is approved.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdatePayrollRunInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updatePayrollRun(ctx, id, input),
  }),
  approvePayrollRun: t.field({
    type: PayrollRun,
    description: 'Approves a draft: from here on its lines stand. CONFLICT when it is not a draft.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => approvePayrollRun(ctx, id),
  }),
  markPayrollRunPaid: t.field({
    type: PayrollRun,
    description: 'Marks an approved run as paid. CONFLICT when it is not approved.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => markPayrollRunPaid(ctx, id),
  }),
  deletePayrollRun: t.prismaField({
    type: PayrollRun,
    description: 'Deletes a draft and returns it as it was. CONFLICT once it is approved.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deletePayrollRun(ctx, id, query),
  }),
}))
