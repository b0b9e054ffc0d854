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
import { LeadStatus as STATUSES } from '../db/generated/enums.ts'
import { Opportunities } from './opportunities/schema.ts'

export const LeadStatus = enumOf('LeadStatus', STATUSES, 'How far a lead has come.')

export const Lead = builder.prismaObject('Lead', {
  description: 'Someone who may become a customer.',
  authScopes: { can: 'leads:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    email: t.exposeString('email', { nullable: true }),
    phone: t.exposeString('phone', { nullable: true }),
    company: t.exposeString('company', { nullable: true }),
    source: t.exposeString('source', { nullable: true, description: 'Where the lead came from: website, referral, …' }),
    status: t.expose('status', { type: LeadStatus }),
    score: t.exposeInt('score', { description: '0 to 100.' }),
    notes: t.exposeString('notes', { nullable: true }),
    clientId: t.exposeID('clientId', { nullable: true }),
    client: t.relation('client', { nullable: true, description: 'The client this lead became.' }),
    ownerId: t.exposeID('ownerId', { nullable: true }),
    owner: t.relation('owner', { nullable: true, description: 'Who looks after it.' }),
    opportunities: relatedList(t, Opportunities, 'opportunities'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Leads = defineList({
  model: 'Lead',
  filter: {
    status: LeadStatus,
    source: 'String',
    company: 'String',
    email: 'String',
    score: 'Int',
    clientId: 'ID',
    ownerId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name', 'email', 'phone', 'company'],
  order: ['id', 'name', 'company', 'status', 'score', 'createdAt', 'updatedAt'],
  defaultOrder: '-createdAt',
})

const VIEW = 'id name email phone company source status score notes clientId ownerId createdAt updatedAt'

builder.queryFields((t) => ({
  leads: listField(t, Leads, {
    description: 'Leads, newest first.',
    rest: {
      dialect: 'devsphere',
      route: 'GET /api/v1/leads',
      view: VIEW,
      list: { params: { status: 'status.eq', source: 'source.eq', client_id: 'clientId.eq', owner_id: 'ownerId.eq' } },
    },
    authScopes: { can: 'leads:read' },
  }),
  lead: rowField(t, Lead, 'lead', {
    description: 'One lead. NOT_FOUND where there is none.',
    rest: { dialect: 'devsphere', route: 'GET /api/v1/leads/:id', view: VIEW },
    authScopes: { can: 'leads:read' },
  }),
}))

const fields = {
  email: rules.email.nullish(),
  phone: rules.phone.nullish(),
  company: rules.name.nullish(),
  source: rules.name.nullish(),
  status: z.enum(STATUSES).optional(),
  score: rules.percent.optional(),
  notes: rules.text.nullish(),
  clientId: z.int().nullish(),
  ownerId: z.int().nullish(),
}
const creation = z.object({ name: rules.name, ...fields })
const change = z.object({ name: rules.name.optional(), ...fields })

const LEAD = { name: 'lead' } as const

export const createLead = (ctx: Context, input: Input) => {
  const data = { ...validated(creation, input), organizationId: ctx.organizationId }
  return insertRow(ctx, LEAD, 'Lead', data)
}

export const updateLead = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  return changeRow(ctx, LEAD, 'Lead', { id, ...data })
}

export const deleteLead = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, LEAD, {
    read: (tx) => tx.lead.findUnique({ ...query, where }),
    remove: (tx) => tx.lead.delete({ where }),
  })
}

const fieldsOf = (t: InputFields) => ({
  email: t.string(),
  phone: t.string(),
  company: t.string(),
  source: t.string({ description: 'Where the lead came from: website, referral, …' }),
  status: t.field({ type: LeadStatus, description: 'NEW unless given.' }),
  score: t.int({ description: '0 to 100; 0 unless given.' }),
  notes: t.string(),
  clientId: t.id({ description: 'The client this lead became.' }),
  ownerId: t.id({ description: 'A member of the organization.' }),
})

const CreateLeadInput = builder.inputType('CreateLeadInput', {
  fields: (t) => ({ name: t.string({ required: true }), ...fieldsOf(t) }),
})
const UpdateLeadInput = builder.inputType('UpdateLeadInput', {
  description: 'What is left out stays; null clears a field.',
  fields: (t) => ({ name: t.string(), ...fieldsOf(t) }),
})

builder.mutationFields((t) => ({
  createLead: t.field({
    type: Lead,
    description: 'Records a lead.',
    rest: { dialect: 'devsphere', route: 'POST /api/v1/leads', status: 201, body: 'input', view: VIEW },
    authScopes: { can: 'leads:write' },
    args: { input: t.arg({ type: CreateLeadInput, required: true }) },
    resolve: (_root, { input }, ctx) => createLead(ctx, input),
  }),
  updateLead: t.field({
    type: Lead,
    description: 'Changes a lead. NOT_FOUND where there is none.',
    rest: { dialect: 'devsphere', route: 'PATCH /api/v1/leads/:id', body: 'input', view: VIEW },
    authScopes: { can: 'leads:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateLeadInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateLead(ctx, id, input),
  }),
  deleteLead: t.prismaField({
    type: Lead,
    description: 'Deletes a lead and returns it as it was. CONFLICT while opportunities refer to it.',
    rest: { dialect: 'devsphere', route: 'DELETE /api/v1/leads/:id', status: 204 },
    authScopes: { can: 'leads:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteLead(ctx, id, query),
  }),
}))
