import { z } from 'zod'
import { builder } from '../core/builder.ts'
import { type Context, row } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { lockRow } from '../core/lock.ts'
import type { Permission } from '../core/permissions.ts'
import { record, told } from '../core/record.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import { updateRow } from '../core/write.ts'
import type { Transaction } from '../db/client.ts'
import type { Lead as LeadRow } from '../db/generated/client.ts'
import { clientFields, clientRules } from './clients.ts'
import { Lead } from './leads.ts'
import { opportunityRules } from './opportunities/verbs.ts'

const conversion = z.object({
  client: z.object({ name: rules.name.optional(), ...clientRules }).nullish(),
  opportunity: opportunityRules
    .pick({ name: true, value: true, currency: true, probability: true, expectedCloseOn: true })
    .nullish(),
})
type Conversion = z.output<typeof conversion>

function assertConvertible({ status, clientId }: LeadRow, { client }: Conversion): void {
  if (status === 'converted' || status === 'lost')
    throw new AppError('CONFLICT', `This lead is ${status}; it cannot be converted.`)
  if (client && clientId !== null)
    throw new AppError('CONFLICT', 'This lead belongs to a client already; leave out client to keep that one.')
}

async function insertClient(tx: Transaction, ctx: Context, lead: LeadRow, given: Conversion['client']) {
  const { name, email, phone, company, organizationId } = lead
  const client = await tx.client.create({ data: { name: company || name, email, phone, ...given, organizationId } })
  await record(tx, ctx, { type: 'client.created', target: { type: 'client', id: client.id }, data: told(client) })
  return client.id
}

async function insertOpportunity(
  tx: Transaction,
  ctx: Context,
  { organizationId, ownerId, id: leadId }: LeadRow,
  given: NonNullable<Conversion['opportunity']> & { clientId: number },
) {
  const row = await tx.opportunity.create({ data: { ...given, leadId, ownerId, organizationId } })
  await record(tx, ctx, { type: 'opportunity.created', target: { type: 'opportunity', id: row.id }, data: told(row) })
}

function assertPermitted({ permissions }: Context, { opportunity }: Conversion): void {
  const needed: Permission[] = ['clients:write', ...(opportunity ? (['opportunities:write'] as const) : [])]
  const need = needed.find((permission) => !permissions.has(permission))
  if (need) throw new AppError('FORBIDDEN', `This needs the permission ${need}.`, { need })
}

/** A lead becomes a client, and an opportunity where one is given, all or nothing. */
export function convertLead(ctx: Context, id: number, input: Input = {}): Promise<LeadRow> {
  const given = validated(conversion, input)
  assertPermitted(ctx, given)
  const where = row(ctx, id)
  return updateRow(
    ctx,
    { name: 'lead' },
    {
      verb: 'converted',
      read: async (tx) => {
        await lockRow(tx, ctx, 'lead', id)
        return tx.lead.findUnique({ where })
      },
      write: async (tx, lead) => {
        assertConvertible(lead, given)
        const clientId = lead.clientId ?? (await insertClient(tx, ctx, lead, given.client))
        if (given.opportunity) await insertOpportunity(tx, ctx, lead, { ...given.opportunity, clientId })
        return tx.lead.update({ where, data: { status: 'converted', clientId } })
      },
    },
  )
}

const ConvertLeadClientInput = builder.inputType('ConvertLeadClientInput', {
  description: "What the client gets beyond, or instead of, the lead's name or company, email and phone.",
  fields: (t) => ({
    name: t.string({ description: "The lead's company, or name without one, unless given." }),
    ...clientFields(t),
  }),
})
const ConvertLeadOpportunityInput = builder.inputType('ConvertLeadOpportunityInput', {
  description: 'The deal that the lead brings.',
  fields: (t) => ({
    name: t.string({ required: true }),
    value: t.field({ type: 'Decimal', required: true }),
    currency: t.string({ description: 'ISO 4217; USD unless given.' }),
    probability: t.int({ description: 'Per cent; 0 unless given.' }),
    expectedCloseOn: t.field({ type: 'Date' }),
  }),
})
const ConvertLeadInput = builder.inputType('ConvertLeadInput', {
  fields: (t) => ({
    client: t.field({
      type: ConvertLeadClientInput,
      description: 'Left out when the lead belongs to a client already.',
    }),
    opportunity: t.field({ type: ConvertLeadOpportunityInput }),
  }),
})

builder.mutationField('convertLead', (t) =>
  t.field({
    type: Lead,
    description:
      'Turns a lead into a client, and an opportunity where one is given. CONFLICT when it is lost or converted. Also needs clients:write, and opportunities:write for an opportunity.',
    rest: false,
    authScopes: { can: 'leads:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: ConvertLeadInput }) },
    resolve: (_root, { id, input }, ctx) => convertLead(ctx, id, input ?? {}),
  }),
)
