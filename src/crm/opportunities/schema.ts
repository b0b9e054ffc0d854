import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { listField, relatedList } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { rowField } from '../../core/row-field.ts'
import { OpportunityStage as STAGES } from '../../db/generated/enums.ts'
import { Invoices } from '../invoices/schema.ts'

export const OpportunityStage = enumOf('OpportunityStage', STAGES, 'How far a deal has come.')

const VIEW =
  'id name stage value currency probability weightedValue expectedCloseOn closedOn clientId leadId ownerId createdAt updatedAt'

export const Opportunity = builder.prismaObject('Opportunity', {
  description: 'A deal that may close.',
  authScopes: { can: 'opportunities:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    stage: t.expose('stage', { type: OpportunityStage }),
    value: t.expose('value', { type: 'Decimal', description: 'What it brings when it is won.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    probability: t.exposeInt('probability', { description: 'Per cent.' }),
    weightedValue: t.field({
      type: 'Decimal',
      description: 'Value times probability, rounded half up to cents.',
      resolve: ({ value, probability }) => value.times(probability).dividedBy(100).toFixed(2),
    }),
    expectedCloseOn: t.expose('expectedCloseOn', { type: 'Date', nullable: true }),
    closedOn: t.expose('closedOn', { type: 'Date', nullable: true, description: 'When it was won or lost.' }),
    clientId: t.exposeID('clientId'),
    client: t.relation('client'),
    leadId: t.exposeID('leadId', { nullable: true }),
    lead: t.relation('lead', { nullable: true, description: 'The lead it came from.' }),
    ownerId: t.exposeID('ownerId', { nullable: true }),
    owner: t.relation('owner', { nullable: true, description: 'Who looks after it.' }),
    invoices: relatedList(t, Invoices, 'invoices', { description: 'The invoices that bill it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Opportunities = defineList({
  model: 'Opportunity',
  filter: {
    stage: OpportunityStage,
    value: 'Decimal',
    currency: 'String',
    probability: 'Int',
    expectedCloseOn: 'Date',
    closedOn: 'Date',
    clientId: 'ID',
    leadId: 'ID',
    ownerId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['name'],
  order: ['id', 'name', 'stage', 'value', 'probability', 'expectedCloseOn', 'closedOn', 'createdAt', 'updatedAt'],
  defaultOrder: '-createdAt',
})

builder.queryFields((t) => ({
  opportunities: listField(t, Opportunities, {
    description: 'Opportunities, newest first.',
    rest: {
      dialect: 'devsphere',
      route: 'GET /api/v1/opportunities',
      view: VIEW,
      list: { params: { stage: 'stage.eq', client_id: 'clientId.eq' } },
    },
    authScopes: { can: 'opportunities:read' },
  }),
  opportunity: rowField(t, Opportunity, 'opportunity', {
    description: 'One opportunity. NOT_FOUND where there is none.',
    rest: { dialect: 'devsphere', route: 'GET /api/v1/opportunities/:id', view: VIEW },
    authScopes: { can: 'opportunities:read' },
  }),
}))
