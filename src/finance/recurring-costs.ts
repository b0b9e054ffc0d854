import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { enumOf } from '../core/enums.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { CostInterval as INTERVALS } from '../db/generated/enums.ts'

export const CostInterval = enumOf('CostInterval', INTERVALS, 'How often a cost comes back.')

export const RecurringCost = builder.prismaObject('RecurringCost', {
  description: 'A cost that comes back.',
  authScopes: { can: 'finance:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    amount: t.expose('amount', { type: 'Decimal', description: 'Per interval.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    interval: t.expose('interval', { type: CostInterval }),
    active: t.exposeBoolean('active', { description: 'Only active costs count in the overview.' }),
    vendorId: t.exposeID('vendorId', { nullable: true }),
    vendor: t.relation('vendor', { nullable: true, description: 'Who is paid.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const RecurringCosts = defineList({
  model: 'RecurringCost',
  filter: {
    name: 'String',
    amount: 'Decimal',
    currency: 'String',
    interval: CostInterval,
    active: 'Boolean',
    vendorId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name'],
  order: ['id', 'name', 'amount', 'interval', 'active', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})

builder.queryFields((t) => ({
  recurringCosts: listField(t, RecurringCosts, {
    description: 'Costs that come back, by name.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
  recurringCost: rowField(t, RecurringCost, 'recurring cost', {
    description: 'One cost that comes back. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
}))

const creation = z.object({
  name: rules.name,
  amount: rules.positiveMoney,
  interval: z.enum(INTERVALS),
  currency: rules.currency.optional(),
  active: z.boolean().optional(),
  vendorId: z.int().nullish(),
})
const change = creation.partial()

const RECURRING_COST = { name: 'recurring_cost' } as const

export const createRecurringCost = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, RECURRING_COST, 'RecurringCost', data)
}

export const updateRecurringCost = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, RECURRING_COST, 'RecurringCost', { id, ...data })
}

export const deleteRecurringCost = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, RECURRING_COST, {
    read: (tx) => tx.recurringCost.findUnique({ ...query, where }),
    remove: (tx) => tx.recurringCost.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  currency: t.string({ description: 'ISO 4217; USD unless given.' }),
  active: t.boolean({ description: 'True unless given.' }),
  vendorId: t.id({ description: 'Who is paid.' }),
})

const CreateRecurringCostInput = builder.inputType('CreateRecurringCostInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    amount: t.field({ type: 'Decimal', required: true, description: 'Per interval.' }),
    interval: t.field({ type: CostInterval, required: true }),
    ...fieldsOf(t),
  }),
})
const UpdateRecurringCostInput = builder.inputType('UpdateRecurringCostInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({
    name: t.string(),
    amount: t.field({ type: 'Decimal', description: 'Per interval.' }),
    interval: t.field({ type: CostInterval }),
    ...fieldsOf(t),
  }),
})

builder.mutationFields((t) => ({
  createRecurringCost: t.field({
    type: RecurringCost,
    description: 'Records a cost that comes back.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { input: t.arg({ type: CreateRecurringCostInput, required: true }) },
    resolve: (_root, { input }, ctx) => createRecurringCost(ctx, input),
  }),
  updateRecurringCost: t.field({
    type: RecurringCost,
    description: 'Changes a cost that comes back. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateRecurringCostInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateRecurringCost(ctx, id, input),
  }),
  deleteRecurringCost: t.prismaField({
    type: RecurringCost,
    description: 'Deletes a cost that comes back and returns it as it was.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteRecurringCost(ctx, id, query),
  }),
}))
