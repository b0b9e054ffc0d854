import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { today } from '../core/day.ts'
import { enumOf } from '../core/enums.ts'
import { invalid } from '../core/errors.ts'
import { listField, relatedList } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { deleteRow, insertRow, updateRow } from '../core/write.ts'
import type { Employee as EmployeeRow } from '../db/generated/client.ts'
import { EmployeeStatus as STATUSES } from '../db/generated/enums.ts'
import { LeaveRequests } from './leave-requests/schema.ts'
import { PayrollLines } from './payroll/lines.ts'

export const EmployeeStatus = enumOf('EmployeeStatus', STATUSES, 'TERMINATED: has left.')

export const Employee = builder.prismaObject('Employee', {
  description: 'Someone employed.',
  authScopes: { can: 'hr:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    email: t.exposeString('email', { nullable: true }),
    title: t.exposeString('title', { nullable: true, description: 'What they do.' }),
    status: t.expose('status', { type: EmployeeStatus }),
    hiredOn: t.expose('hiredOn', { type: 'Date' }),
    leftOn: t.expose('leftOn', { type: 'Date', nullable: true, description: 'The last day.' }),
    leaveRequests: relatedList(t, LeaveRequests, 'leaveRequests'),
    payrollLines: relatedList(t, PayrollLines, 'payrollLines', { description: 'What they were paid, run by run.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Employees = defineList({
  model: 'Employee',
  filter: {
    name: 'String',
    email: 'String',
    title: 'String',
    status: EmployeeStatus,
    hiredOn: 'Date',
    leftOn: 'Date',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name', 'email', 'title'],
  order: ['id', 'name', 'title', 'status', 'hiredOn', 'leftOn', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})

builder.queryFields((t) => ({
  employees: listField(t, Employees, {
    description: 'Employees, by name.',
    rest: false,
    authScopes: { can: 'hr:read' },
  }),
  employee: rowField(t, Employee, 'employee', {
    description: 'One employee. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'hr:read' },
  }),
}))

const creation = z.object({
  name: rules.name,
  hiredOn: z.date(),
  email: rules.email.nullish(),
  title: rules.name.nullish(),
  status: z.enum(STATUSES).optional(),
  leftOn: z.date().nullish(),
})
const change = creation.partial()

const EMPLOYEE = { name: 'employee' } as const

type Employment = { hiredOn?: Date; status?: EmployeeRow['status']; leftOn?: Date | null }

/** Who has left has a last day, and nobody leaves before they came. */
function employment<E extends Employment>(ctx: Context, given: E): E & { leftOn: Date | null } {
  const leftOn = given.leftOn ?? (given.status === 'terminated' ? today(ctx.clock) : null)
  if (leftOn && given.hiredOn && leftOn < given.hiredOn) throw invalid('leftOn', 'must not be earlier than hiredOn.')
  return { ...given, leftOn }
}

export async function createEmployee(ctx: Context, input: Input): Promise<EmployeeRow> {
  const given = employment(ctx, validated(creation, input))
  const data = { ...given, organizationId: ctx.organizationId }
  return insertRow(ctx, EMPLOYEE, 'Employee', data)
}

export const updateEmployee = (ctx: Context, id: number, input: Input) => {
  const given = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, EMPLOYEE, {
    read: (tx) => tx.employee.findUnique({ where }),
    write: (tx, { hiredOn, leftOn, status }) =>
      tx.employee.update({ where, data: employment(ctx, { hiredOn, leftOn, status, ...given }) }),
  })
}

export const deleteEmployee = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, EMPLOYEE, {
    read: (tx) => tx.employee.findUnique({ ...query, where }),
    remove: (tx) => tx.employee.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  email: t.string(),
  title: t.string({ description: 'What they do.' }),
  status: t.field({ type: EmployeeStatus, description: 'ACTIVE unless given.' }),
  leftOn: t.field({ type: 'Date', description: 'The last day; today for TERMINATED unless given.' }),
})

const CreateEmployeeInput = builder.inputType('CreateEmployeeInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    hiredOn: t.field({ type: 'Date', required: true }),
    ...fieldsOf(t),
  }),
})
const UpdateEmployeeInput = builder.inputType('UpdateEmployeeInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({ name: t.string(), hiredOn: t.field({ type: 'Date' }), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createEmployee: t.field({
    type: Employee,
    description: 'Records an employee.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { input: t.arg({ type: CreateEmployeeInput, required: true }) },
    resolve: (_root, { input }, ctx) => createEmployee(ctx, input),
  }),
  updateEmployee: t.field({
    type: Employee,
    description: 'Changes an employee. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateEmployeeInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateEmployee(ctx, id, input),
  }),
  deleteEmployee: t.prismaField({
    type: Employee,
    description:
      'Deletes an employee with their leave requests and returns them as they were. CONFLICT while a payroll run pays them.',
    rest: false,
    authScopes: { can: 'hr:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteEmployee(ctx, id, query),
  }),
}))
