import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { connectionType, listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'

export const Tool = builder.prismaObject('Tool', {
  description: 'A tool or subscription the company pays for.',
  authScopes: { can: 'tools:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: 'Unique.' }),
    category: t.exposeString('category', { description: 'development, design, …' }),
    monthlyCost: t.expose('monthlyCost', { type: 'Decimal', description: 'US dollars a month.' }),
    owner: t.exposeString('owner', { nullable: true, description: 'Who answers for it: a mail address.' }),
    url: t.exposeString('url', { nullable: true }),
    credentialsHint: t.exposeString('credentialsHint', {
      nullable: true,
      description: 'Where its credentials live ("Vault entry #3"); never the credentials.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Tools = defineList({
  model: 'Tool',
  filter: {
    name: 'String',
    category: 'String',
    monthlyCost: 'Decimal',
    owner: 'String',
    url: 'String',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name', 'category', 'owner', 'url'],
  order: ['id', 'name', 'category', 'monthlyCost', 'owner', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})

builder.objectField(connectionType(Tools), 'totalMonthlyEstimate', (t) =>
  t.field({
    type: 'Decimal',
    description: 'What the tools on all pages cost together: US dollars a month.',
    complexity: 5,
    resolve: async ({ query }, _args, ctx) => {
      const sum = await ctx.db.tool.aggregate({ where: query.counted, _sum: { monthlyCost: true } })
      return sum._sum.monthlyCost ?? '0.00'
    },
  }),
)

builder.queryFields((t) => ({
  tools: listField(t, Tools, {
    description: 'Tools and subscriptions with what they cost, by name.',
    rest: {
      dialect: 'dashboard',
      route: 'GET /api/v1/tools',
      view: 'id name category monthlyCost owner url credentialsHint',
      list: { params: {}, totals: 'totalMonthlyEstimate' },
    },
    authScopes: { can: 'tools:read' },
  }),
  tool: rowField(t, Tool, 'tool', {
    description: 'One tool. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'tools:read' },
  }),
}))

const fields = {
  owner: rules.email.nullish(),
  url: rules.url.nullish(),
  credentialsHint: rules.name.nullish(),
}
const monthlyCost = rules.positiveMoney.refine((amount) => Number(amount) < 1e10, 'must be less than 10000000000.')
const creation = z.object({ name: rules.name, category: rules.name, monthlyCost, ...fields })
const change = z.object({
  name: rules.name.optional(),
  category: rules.name.optional(),
  monthlyCost: monthlyCost.optional(),
  ...fields,
})

const TOOL = { name: 'tool' } as const

export const createTool = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, TOOL, 'Tool', data)
}

export const updateTool = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, TOOL, 'Tool', { id, ...data })
}

export const deleteTool = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, TOOL, {
    read: (tx) => tx.tool.findUnique({ ...query, where }),
    remove: (tx) => tx.tool.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  owner: t.string({ description: 'Who answers for it: a mail address.' }),
  url: t.string(),
  credentialsHint: t.string({ description: 'Where its credentials live; never the credentials.' }),
})

const CreateToolInput = builder.inputType('CreateToolInput', {
  fields: (t) => ({
    name: t.string({ required: true, description: 'Unique.' }),
    category: t.string({ required: true }),
    monthlyCost: t.field({ type: 'Decimal', required: true, description: 'US dollars a month.' }),
    ...fieldsOf(t),
  }),
})
const UpdateToolInput = builder.inputType('UpdateToolInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({
    name: t.string(),
    category: t.string(),
    monthlyCost: t.field({ type: 'Decimal' }),
    ...fieldsOf(t),
  }),
})

builder.mutationFields((t) => ({
  createTool: t.field({
    type: Tool,
    description: 'Adds a tool to the registry. CONFLICT where its name is taken.',
    rest: false,
    authScopes: { can: 'tools:write' },
    args: { input: t.arg({ type: CreateToolInput, required: true }) },
    resolve: (_root, { input }, ctx) => createTool(ctx, input),
  }),
  updateTool: t.field({
    type: Tool,
    description: 'Changes a tool. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'tools:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateToolInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateTool(ctx, id, input),
  }),
  deleteTool: t.prismaField({
    type: Tool,
    description: 'Deletes a tool and returns it as it was.',
    rest: false,
    authScopes: { can: 'tools:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteTool(ctx, id, query),
  }),
}))
