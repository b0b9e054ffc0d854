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
import { BudgetPeriod as PERIODS } from '../db/generated/enums.ts'
import { spentOf } from './budgets.sql.ts'

export const BudgetPeriod = enumOf('BudgetPeriod', PERIODS, 'How long a budget lasts.')

export const Budget = builder.prismaObject('Budget', {
  description: 'What may be spent in a period.',
  authScopes: { can: 'finance:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    period: t.expose('period', { type: BudgetPeriod }),
    amount: t.expose('amount', { type: 'Decimal', description: 'For the whole period.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    spent: t.field({
      type: 'Decimal',
      description:
        "Expenses in the budget's currency during its period: of its business line, or of the whole organization without one.",
      resolve: async ({ id }, _args, ctx) => (await spentOf(ctx, id)) ?? '0.00',
    }),
    startsOn: t.expose('startsOn', { type: 'Date', description: 'The first day of the period.' }),
    businessLineId: t.exposeID('businessLineId', { nullable: true }),
    businessLine: t.relation('businessLine', { nullable: true }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Budgets = defineList({
  model: 'Budget',
  filter: {
    name: 'String',
    period: BudgetPeriod,
    amount: 'Decimal',
    currency: 'String',
    startsOn: 'Date',
    businessLineId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name'],
  order: ['id', 'name', 'period', 'amount', 'startsOn', 'createdAt', 'updatedAt'],
  defaultOrder: '-startsOn',
})

builder.queryFields((t) => ({
  budgets: listField(t, Budgets, {
    description: 'Budgets, the latest to start first.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
  budget: rowField(t, Budget, 'budget', {
    description: 'One budget. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
}))

const creation = z.object({
  name: rules.name,
  period: z.enum(PERIODS),
  amount: rules.positiveMoney,
  startsOn: z.date(),
  currency: rules.currency.optional(),
  businessLineId: z.int().nullish(),
})
const change = creation.partial()

const BUDGET = { name: 'budget' } as const

export const createBudget = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, BUDGET, 'Budget', data)
}

export const updateBudget = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, BUDGET, 'Budget', { id, ...data })
}

export const deleteBudget = async (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  await spentOf.keep(ctx, id)
  return deleteRow(ctx, BUDGET, {
    read: (tx) => tx.budget.findUnique({ ...query, where }),
    remove: (tx) => tx.budget.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  currency: t.string({ description: 'ISO 4217; USD unless given.' }),
  businessLineId: t.id({ description: 'The whole organization unless given.' }),
})

const CreateBudgetInput = builder.inputType('CreateBudgetInput', {
  fields: (t) => ({
    name: t.string({ required: true }),
    period: t.field({ type: BudgetPeriod, required: true }),
    amount: t.field({ type: 'Decimal', required: true }),
    startsOn: t.field({ type: 'Date', required: true, description: 'The first day of the period.' }),
    ...fieldsOf(t),
  }),
})
const UpdateBudgetInput = builder.inputType('UpdateBudgetInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({
    name: t.string(),
    period: t.field({ type: BudgetPeriod }),
    amount: t.field({ type: 'Decimal' }),
    startsOn: t.field({ type: 'Date', description: 'The first day of the period.' }),
    ...fieldsOf(t),
  }),
})

builder.mutationFields((t) => ({
  createBudget: t.field({
    type: Budget,
    description: 'Sets a budget.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { input: t.arg({ type: CreateBudgetInput, required: true }) },
    resolve: (_root, { input }, ctx) => createBudget(ctx, input),
  }),
  updateBudget: t.field({
    type: Budget,
    description: 'Changes a budget. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateBudgetInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateBudget(ctx, id, input),
  }),
  deleteBudget: t.prismaField({
    type: Budget,
    description: 'Deletes a budget and returns it as it was.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteBudget(ctx, id, query),
  }),
}))
