import { z } from 'zod'
import { builder, type InputFields } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { enumOf } from '../core/enums.ts'
import { listField, relatedList } from '../core/list/connection.ts'
import { defineList } from '../core/list/declare.ts'
import { rowField } from '../core/row-field.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { changeRow, deleteRow, insertRow } from '../core/write.ts'
import { ClientStatus as STATUSES } from '../db/generated/enums.ts'
import { outstandingBalance } from './balance.sql.ts'
import { Invoices } from './invoices/schema.ts'
import { Leads } from './leads.ts'
import { Opportunities } from './opportunities/schema.ts'

export const ClientStatus = enumOf('ClientStatus', STATUSES, 'Whether business is done with a client.')

export const Client = builder.prismaObject('Client', {
  description: 'A customer.',
  authScopes: { can: 'clients:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    email: t.exposeString('email', { nullable: true }),
    phone: t.exposeString('phone', { nullable: true }),
    website: t.exposeString('website', { nullable: true }),
    industry: t.exposeString('industry', { nullable: true }),
    address: t.exposeString('address', { nullable: true, description: 'Postal, on one or several lines.' }),
    status: t.expose('status', { type: ClientStatus }),
    notes: t.exposeString('notes', { nullable: true }),
    leads: relatedList(t, Leads, 'leads', { description: 'The leads that became this client.' }),
    opportunities: relatedList(t, Opportunities, 'opportunities'),
    invoices: relatedList(t, Invoices, 'invoices'),
    outstandingBalance: t.field({
      type: 'Decimal',
      description:
        'What is still owed on sent and overdue invoices of one currency: the one given, else the one most of them are in.',
      authScopes: { can: 'invoices:read' },
      args: { currency: t.arg.string({ description: 'ISO 4217, such as EUR.' }) },
      resolve: ({ id }, { currency }, ctx) => outstandingBalance(ctx, id, currency),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Clients = defineList({
  model: 'Client',
  filter: {
    name: 'String',
    email: 'String',
    industry: 'String',
    status: ClientStatus,
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name', 'email', 'phone', 'website', 'industry'],
  order: ['id', 'name', 'industry', 'status', 'createdAt', 'updatedAt'],
  defaultOrder: '-createdAt',
})

const VIEW = 'id name email phone website industry address status notes createdAt updatedAt'

builder.queryFields((t) => ({
  clients: listField(t, Clients, {
    description: 'Clients, newest first.',
    rest: {
      dialect: 'devsphere',
      route: 'GET /api/v1/clients',
      view: VIEW,
      list: { params: { status: 'status.eq', industry: 'industry.eq' } },
    },
    authScopes: { can: 'clients:read' },
  }),
  client: rowField(t, Client, 'client', {
    description: 'One client. NOT_FOUND where there is none.',
    rest: { dialect: 'devsphere', route: 'GET /api/v1/clients/:id', view: VIEW },
    authScopes: { can: 'clients:read' },
  }),
}))

/** What a client is made of beside its name, whether created or made from a lead. */
export const clientRules = {
  email: rules.email.nullish(),
  phone: rules.phone.nullish(),
  website: rules.url.nullish(),
  industry: rules.name.nullish(),
  address: rules.line.nullish(),
  status: z.enum(STATUSES).optional(),
  notes: rules.text.nullish(),
}
const creation = z.object({ name: rules.name, ...clientRules })
const change = z.object({ name: rules.name.optional(), ...clientRules })

const CLIENT = { name: 'client' } as const

export const createClient = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, CLIENT, 'Client', data)
}

export const updateClient = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, CLIENT, 'Client', { id, ...data })
}

export const deleteClient = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, CLIENT, {
    read: (tx) => tx.client.findUnique({ ...query, where }),
    remove: (tx) => tx.client.delete({ where }),
  })
}

export const clientFields = (t: InputFields) => ({
  email: t.string(),
  phone: t.string(),
  website: t.string({ description: 'Starts with http:// or https://.' }),
  industry: t.string(),
  address: t.string(),
  status: t.field({ type: ClientStatus, description: 'ACTIVE unless given.' }),
  notes: t.string(),
})

const CreateClientInput = builder.inputType('CreateClientInput', {
  fields: (t) => ({ name: t.string({ required: true }), ...clientFields(t) }),
})
const UpdateClientInput = builder.inputType('UpdateClientInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({ name: t.string(), ...clientFields(t) }),
})

builder.mutationFields((t) => ({
  createClient: t.field({
    type: Client,
    description: 'Records a client.',
    rest: false,
    authScopes: { can: 'clients:write' },
    args: { input: t.arg({ type: CreateClientInput, required: true }) },
    resolve: (_root, { input }, ctx) => createClient(ctx, input),
  }),
  updateClient: t.field({
    type: Client,
    description: 'Changes a client. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'clients:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateClientInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateClient(ctx, id, input),
  }),
  deleteClient: t.prismaField({
    type: Client,
    description:
      'Deletes a client and returns it as it was. CONFLICT while leads, opportunities or invoices refer to it.',
    rest: false,
    authScopes: { can: 'clients:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteClient(ctx, id, query),
  }),
}))
