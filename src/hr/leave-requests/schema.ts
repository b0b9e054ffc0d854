import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { listField } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { rowField } from '../../core/row-field.ts'
import { LeaveKind as KINDS, LeaveStatus as STATUSES } from '../../db/generated/enums.ts'

export const LeaveKind = enumOf('LeaveKind', KINDS, 'Why someone is away.')
export const LeaveStatus = enumOf('LeaveStatus', STATUSES, 'What was decided.')

export const LeaveRequest = builder.prismaObject('LeaveRequest', {
  description: 'Days away, asked for or granted. Both days are included.',
  authScopes: { can: 'hr:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    kind: t.expose('kind', { type: LeaveKind }),
    startsOn: t.expose('startsOn', { type: 'Date', description: 'The first day away.' }),
    endsOn: t.expose('endsOn', { type: 'Date', description: 'The last day away.' }),
    status: t.expose('status', { type: LeaveStatus }),
    reason: t.exposeString('reason', { nullable: true }),
    employeeId: t.exposeID('employeeId'),
    employee: t.relation('employee'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const LeaveRequests = defineList({
  model: 'LeaveRequest',
  filter: {
    kind: LeaveKind,
    status: LeaveStatus,
    startsOn: 'Date',
    endsOn: 'Date',
    employeeId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['reason'],
  order: ['id', 'kind', 'status', 'startsOn', 'endsOn', 'createdAt', 'updatedAt'],
  defaultOrder: '-startsOn',
})

builder.queryFields((t) => ({
  leaveRequests: listField(t, LeaveRequests, {
    description: 'Leave requests, the latest to start first.',
    rest: false,
    authScopes: { can: 'hr:read' },
  }),
  leaveRequest: rowField(t, LeaveRequest, 'leave request', {
    description: 'One leave request. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'hr:read' },
  }),
}))
