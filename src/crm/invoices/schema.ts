import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { listField } from '../../core/list/connection.ts'
import { defineList } from '../../core/list/declare.ts'
import { rowField } from '../../core/row-field.ts'
import { Prisma } from '../../db/client.ts'
import { InvoiceStatus as STATUSES } from '../../db/generated/enums.ts'
import { amountPaid } from '../balance.sql.ts'
import './lines.ts'

export const InvoiceStatus = enumOf('InvoiceStatus', STATUSES, 'Where an invoice stands.')

const isOwed = (status: string): boolean => status !== 'void'

export const Invoice = builder.prismaObject('Invoice', {
  description: 'A bill to a client.',
  authScopes: { can: 'invoices:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    number: t.exposeString('number', { description: 'Unique in the organization.' }),
    status: t.expose('status', { type: InvoiceStatus }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    subtotal: t.expose('subtotal', { type: 'Decimal', description: 'All lines together, without tax.' }),
    tax: t.expose('tax', { type: 'Decimal' }),
    total: t.expose('total', { type: 'Decimal', description: 'Subtotal and tax.' }),
    amountPaid: t.field({
      type: 'Decimal',
      description: 'All payments together.',
      resolve: ({ id }, _args, ctx) => amountPaid(ctx, id),
    }),
    amountDue: t.field({
      type: 'Decimal',
      description: 'What is still to be paid; nothing on a void invoice.',
      resolve: async ({ id, total, status }, _args, ctx) =>
        (isOwed(status) ? Prisma.Decimal.sub(total, await amountPaid(ctx, id)) : new Prisma.Decimal(0)).toFixed(2),
    }),
    issuedOn: t.expose('issuedOn', { type: 'Date' }),
    dueOn: t.expose('dueOn', { type: 'Date', nullable: true }),
    paidOn: t.expose('paidOn', { type: 'Date', nullable: true, description: 'When the last of it was paid.' }),
    notes: t.exposeString('notes', { nullable: true }),
    clientId: t.exposeID('clientId'),
    client: t.relation('client'),
    opportunityId: t.exposeID('opportunityId', { nullable: true }),
    opportunity: t.relation('opportunity', { nullable: true, description: 'The deal it bills.' }),
    lines: t.relation('lines', {
      description: 'Every position, in order: at most 500.',
      query: { orderBy: { position: 'asc' } },
    }),
    payments: t.relation('payments', {
      description: 'Every payment, oldest first: at most 500.',
      query: { orderBy: [{ paidOn: 'asc' }, { id: 'asc' }] },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const Invoices = defineList({
  model: 'Invoice',
  filter: {
    number: 'String',
    status: InvoiceStatus,
    currency: 'String',
    total: 'Decimal',
    issuedOn: 'Date',
    dueOn: 'Date',
    paidOn: 'Date',
    clientId: 'ID',
    opportunityId: 'ID',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  search: ['number', 'notes'],
  order: ['id', 'number', 'status', 'total', 'issuedOn', 'dueOn', 'paidOn', 'createdAt', 'updatedAt'],
  defaultOrder: '-createdAt',
})

const VIEW =
  'id number status currency subtotal tax total issuedOn dueOn paidOn notes clientId opportunityId createdAt updatedAt'
const DETAIL = `${VIEW} amountPaid amountDue
  lines { id position description quantity unitPrice amount }
  payments { id amount method reference paidOn createdAt }`

builder.queryFields((t) => ({
  invoices: listField(t, Invoices, {
    description: 'Invoices, newest first.',
    rest: {
      dialect: 'devsphere',
      route: 'GET /api/v1/invoices',
      view: VIEW,
      list: {
        params: {
          status: 'status.eq',
          client_id: 'clientId.eq',
          issued_from: 'issuedOn.gte',
          issued_to: 'issuedOn.lte',
        },
      },
    },
    authScopes: { can: 'invoices:read' },
  }),
  invoice: rowField(t, Invoice, 'invoice', {
    description: 'One invoice, with its lines and payments. NOT_FOUND where there is none.',
    rest: { dialect: 'devsphere', route: 'GET /api/v1/invoices/:id', view: DETAIL },
    authScopes: { can: 'invoices:read' },
  }),
}))
