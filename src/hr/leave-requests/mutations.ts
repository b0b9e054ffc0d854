import { builder } from '../../core/builder.ts'
import { LeaveKind, LeaveRequest } from './schema.ts'
import { approveLeave, cancelLeave, rejectLeave, requestLeave } from './verbs.ts'

const RequestLeaveInput = builder.inputType('RequestLeaveInput', {
  fields: (t) => ({
    employeeId: t.id({ required: true }),
    kind: t.field({ type: LeaveKind, required: true }),
    startsOn: t.field({ type: 'Date', required: true, description: 'The first day away.' }),
    endsOn: t.field({ type: 'Date', required: true, description: 'The last day away.' }),
    reason: t.string(),
  }),
})

builder.mutationFields((t) => ({
  requestLeave: t.field({
    type: LeaveRequest,
    description: 'Asks for days away. CONFLICT for an employee who has left.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { input: t.arg({ type: RequestLeaveInput, required: true }) },
    resolve: (_root, { input }, ctx) => requestLeave(ctx, input),
  }),
  approveLeave: t.field({
    type: LeaveRequest,
    description: 'Grants a pending leave request. CONFLICT when it is not pending.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => approveLeave(ctx, id),
  }),
  rejectLeave: t.field({
    type: LeaveRequest,
    description: 'Turns a pending leave request down. CONFLICT when it is not pending.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => rejectLeave(ctx, id),
  }),
  cancelLeave: t.field({
    type: LeaveRequest,
    description: 'Withdraws a pending or approved leave request. CONFLICT otherwise.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => cancelLeave(ctx, id),
  }),
}))
