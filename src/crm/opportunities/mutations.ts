import { builder, type InputFields } from '../../core/builder.ts'
import { Opportunity, OpportunityStage } from './schema.ts'
import { createOpportunity, deleteOpportunity, loseOpportunity, updateOpportunity, winOpportunity } from './verbs.ts'

const fieldsOf = (t: InputFields) => ({
  stage: t.field({ type: OpportunityStage, description: 'An open stage; PROSPECT unless given.' }),
  currency: t.string({ description: 'ISO 4217; USD unless given.' }),
  probability: t.int({ description: 'Per cent; 0 unless given.' }),
  expectedCloseOn: t.field({ type: 'Date' }),
  leadId: t.id({ description: 'The lead it came from.' }),
  ownerId: t.id({ description: 'A member of the organization.' }),
})

const CreateOpportunityInput = builder.inputType('CreateOpportunityInput', {
  fields: (t) => ({
    clientId: t.id({ required: true }),
    name: t.string({ required: true }),
    value: t.field({ type: 'Decimal', required: true }),
    ...fieldsOf(t),
  }),
})
const UpdateOpportunityInput = builder.inputType('UpdateOpportunityInput', {
  description: 'What is left out stays; null clears a field. A stage opens a closed deal again.',
  fields: (t) => ({
    clientId: t.id(),
    name: t.string(),
    value: t.field({ type: 'Decimal' }),
    ...fieldsOf(t),
  }),
})

builder.mutationFields((t) => ({
  createOpportunity: t.field({
    type: Opportunity,
    description: 'Records a deal with a client.',
    rest: false,
    authScopes: { can: 'opportunities:write' },
    args: { input: t.arg({ type: CreateOpportunityInput, required: true }) },
    resolve: (_root, { input }, ctx) => createOpportunity(ctx, input),
  }),
  updateOpportunity: t.field({
    type: Opportunity,
    description: 'Changes a deal. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'opportunities:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateOpportunityInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateOpportunity(ctx, id, input),
  }),
  winOpportunity: t.field({
    type: Opportunity,
    description: 'Closes a deal as won, today, at 100 per cent. CONFLICT when it is closed already.',
    rest: false,
    authScopes: { can: 'opportunities:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => winOpportunity(ctx, id),
  }),
  loseOpportunity: t.field({
    type: Opportunity,
    description: 'Closes a deal as lost, today, at 0 per cent. CONFLICT when it is closed already.',
    rest: false,
    authScopes: { can: 'opportunities:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => loseOpportunity(ctx, id),
  }),
  deleteOpportunity: t.prismaField({
    type: Opportunity,
    description: 'Deletes a deal and returns it as it was. CONFLICT while invoices refer to it.',
    rest: false,
    authScopes: { can: 'opportunities:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteOpportunity(ctx, id, query),
  }),
}))
