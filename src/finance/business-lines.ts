import { z } from 'zod'
import { builder } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { listField, relatedList } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { Budgets } from './budgets.ts'
import { Transactions } from './transactions.ts'

export const BusinessLine = builder.prismaObject('BusinessLine', {
  description: 'A part of the business that earns and spends.',
  authScopes: { can: 'finance:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: 'Unique in the organization.' }),
    transactions: relatedList(t, Transactions, 'transactions'),
    budgets: relatedList(t, Budgets, 'budgets'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const BusinessLines = defineList({
  model: 'BusinessLine',
  filter: { name: 'String', createdAt: 'DateTime', updatedAt: 'DateTime' },
  search: ['name'],
  order: ['id', 'name', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})

builder.queryFields((t) => ({
  businessLines: listField(t, BusinessLines, {
    description: 'Business lines, by name.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
  businessLine: rowField(t, BusinessLine, 'business line', {
    description: 'One business line. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
}))

const creation = z.object({ name: rules.name })
const change = creation.partial()

const BUSINESS_LINE = { name: 'business_line' } as const

export const createBusinessLine = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, BUSINESS_LINE, 'BusinessLine', data)
}

export const updateBusinessLine = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, BUSINESS_LINE, 'BusinessLine', { id, ...data })
}

export const deleteBusinessLine = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, BUSINESS_LINE, {
    read: (tx) => tx.businessLine.findUnique({ ...query, where }),
    remove: (tx) => tx.businessLine.delete({ where }),
  })
}

const CreateBusinessLineInput = builder.inputType('CreateBusinessLineInput', {
  fields: (t) => ({ name: t.string({ required: true }) }),
})
const UpdateBusinessLineInput = builder.inputType('UpdateBusinessLineInput', {
  description: 'What is left out stays.',
  fields: (t) => ({ name: t.string() }),
})

builder.mutationFields((t) => ({
  createBusinessLine: t.field({
    type: BusinessLine,
    description: 'Records a business line. CONFLICT when the name is taken.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { input: t.arg({ type: CreateBusinessLineInput, required: true }) },
    resolve: (_root, { input }, ctx) => createBusinessLine(ctx, input),
  }),
  updateBusinessLine: t.field({
    type: BusinessLine,
    description: 'Changes a business line. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateBusinessLineInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateBusinessLine(ctx, id, input),
  }),
  deleteBusinessLine: t.prismaField({
    type: BusinessLine,
    description:
      'Deletes a business line and returns it as it was. CONFLICT while transactions or budgets refer to it.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteBusinessLine(ctx, id, query),
  }),
}))
