import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { listField, relatedList } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { RecurringCosts } from './recurring-costs.ts'
import { Transactions } from './transactions.ts'

export const Vendor = builder.prismaObject('Vendor', {
  description: 'Someone who is paid.',
  authScopes: { can: 'finance:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: 'Unique in the organization.' }),
    email: t.exposeString('email', { nullable: true }),
    website: t.exposeString('website', { nullable: true }),
    transactions: relatedList(t, Transactions, 'transactions'),
    recurringCosts: relatedList(t, RecurringCosts, 'recurringCosts'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Vendors = defineList({
  model: 'Vendor',
  filter: { name: 'String', email: 'String', website: 'String', createdAt: 'DateTime', updatedAt: 'DateTime' },
  search: ['name', 'email', 'website'],
  order: ['id', 'name', 'createdAt', 'updatedAt'],
  defaultOrder: 'name',
})

builder.queryFields((t) => ({
  vendors: listField(t, Vendors, {
    description: 'Vendors, by name.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
  vendor: rowField(t, Vendor, 'vendor', {
    description: 'One vendor. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:read' },
  }),
}))

const creation = z.object({
  name: rules.name,
  email: rules.email.nullish(),
  website: rules.url.nullish(),
})
const change = creation.partial()

const VENDOR = { name: 'vendor' } as const

export const createVendor = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, VENDOR, 'Vendor', data)
}

export const updateVendor = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, VENDOR, 'Vendor', { id, ...data })
}

export const deleteVendor = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, VENDOR, {
    read: (tx) => tx.vendor.findUnique({ ...query, where }),
    remove: (tx) => tx.vendor.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  email: t.string(),
  website: t.string({ description: 'Starts with http:// or https://.' }),
})

const CreateVendorInput = builder.inputType('CreateVendorInput', {
  fields: (t) => ({ name: t.string({ required: true }), ...fieldsOf(t) }),
})
const UpdateVendorInput = builder.inputType('UpdateVendorInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({ name: t.string(), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createVendor: t.field({
    type: Vendor,
    description: 'Records a vendor. CONFLICT when the name is taken.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { input: t.arg({ type: CreateVendorInput, required: true }) },
    resolve: (_root, { input }, ctx) => createVendor(ctx, input),
  }),
  updateVendor: t.field({
    type: Vendor,
    description: 'Changes a vendor. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateVendorInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateVendor(ctx, id, input),
  }),
  deleteVendor: t.prismaField({
    type: Vendor,
    description: 'Deletes a vendor and returns it as it was. CONFLICT while transactions or costs refer to it.',
    rest: false,
    authScopes: { can: 'finance:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteVendor(ctx, id, query),
  }),
}))
