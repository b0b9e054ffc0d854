import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { listField } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { slugOf } from '../core/slug.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'

export const Tag = builder.prismaObject('Tag', {
  description: 'A label.',
  authScopes: { can: 'assets:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    slug: t.exposeString('slug', { description: 'Lower-case name in addresses, unique.' }),
    color: t.exposeString('color', { description: '"#rrggbb".' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

export const Tags = defineList({
  model: 'Tag',
  filter: { name: 'String', slug: 'String', color: 'String', createdAt: 'DateTime' },
  search: ['name', 'slug'],
  order: ['id', 'name', 'slug', 'createdAt'],
  defaultOrder: 'name',
})

builder.queryFields((t) => ({
  tags: listField(t, Tags, {
    description: 'Tags, by name.',
    rest: false,
    authScopes: { can: 'assets:read' },
  }),
  tag: rowField(t, Tag, 'tag', {
    description: 'One tag. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'assets:read' },
  }),
}))

const color = z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a color like #6b7280.')
const fields = { slug: rules.slug.min(1, 'must not be empty.').optional(), color: color.optional() }
const creation = z.object({ name: rules.name, ...fields })
const change = z.object({ name: rules.name.optional(), ...fields })

const TAG = { name: 'tag' } as const

export const createTag = (ctx: Context, input: Input) => {
  const given = validated(creation, input)
  const data = { ...given, slug: given.slug ?? slugOf(given.name), organizationId: ctx.organizationId }
  return insertRow(ctx, TAG, 'Tag', data)
}

export const updateTag = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, TAG, 'Tag', { id, ...data })
}

export const deleteTag = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, TAG, {
    read: (tx) => tx.tag.findUnique({ ...query, where }),
    remove: (tx) => tx.tag.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  slug: t.string({ description: 'Made from the name unless given.' }),
  color: t.string({ description: '"#rrggbb"; grey unless given.' }),
})

const CreateTagInput = builder.inputType('CreateTagInput', {
  fields: (t) => ({ name: t.string({ required: true }), ...fieldsOf(t) }),
})
const UpdateTagInput = builder.inputType('UpdateTagInput', {
  description: 'What is left out stays.',
  fields: (t) => ({ name: t.string(), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createTag: t.field({
    type: Tag,
    description: 'Adds a tag. CONFLICT where its slug is taken.',
    rest: false,
    authScopes: { can: 'assets:write' },
    args: { input: t.arg({ type: CreateTagInput, required: true }) },
    resolve: (_root, { input }, ctx) => createTag(ctx, input),
  }),
  updateTag: t.field({
    type: Tag,
    description: 'Changes a tag. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'assets:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateTagInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateTag(ctx, id, input),
  }),
  deleteTag: t.prismaField({
    type: Tag,
    description: 'Deletes a tag, takes it off every asset and returns it as it was.',
    rest: false,
    authScopes: { can: 'assets:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteTag(ctx, id, query),
  }),
}))
