import { builder, type InputFields } from '../../core/builder.ts'
import { InvoiceLineInput } from './lines.ts'
import './payments.ts'
import { Invoice } from './schema.ts'
import { createInvoice, sendInvoice, updateInvoice, voidInvoice } from './verbs.ts'

const headerFields = (t: InputFields) => ({
  number: t.string({ description: 'Unique in the organization; the next of INV-000001, INV-000002, … unless given.' }),
  opportunityId: t.id({ description: 'The deal it bills.' }),
  currency: t.string({ description: 'ISO 4217; USD unless given.' }),
  issuedOn: t.field({ type: 'Date', description: 'Today unless given.' }),
  dueOn: t.field({ type: 'Date' }),
  notes: t.string(),
  tax: t.field({ type: 'Decimal', description: 'An amount; leave it out when taxRate is given.' }),
  taxRate: t.field({ type: 'Decimal', description: 'Per cent of the subtotal; the tax is rounded half up to cents.' }),
})

const CreateInvoiceInput = builder.inputType('CreateInvoiceInput', {
  fields: (t) => ({
    clientId: t.id({ required: true }),
    ...headerFields(t),
    lines: t.field({ type: [InvoiceLineInput], required: true, description: '1 to 500.' }),
  }),
})
const UpdateInvoiceInput = builder.inputType('UpdateInvoiceInput', {
  description:
    'What is left out stays; null clears a field. After a draft was sent only dueOn and notes change. New lines replace all lines; the tax stays unless tax or taxRate is given.',
  fields: (t) => ({
    clientId: t.id(),
    ...headerFields(t),
    lines: t.field({ type: [InvoiceLineInput], description: '1 to 500; they replace all lines.' }),
  }),
})

builder.mutationFields((t) => ({
  createInvoice: t.field({
    type: Invoice,
    description: 'Drafts an invoice; amounts are computed from its lines. CONFLICT when the number is taken.',
    rest: false,
    authScopes: { can: 'invoices:write' },
    args: { input: t.arg({ type: CreateInvoiceInput, required: true }) },
    resolve: (_root, { input }, ctx) => createInvoice(ctx, input),
  }),
  updateInvoice: t.field({
    type: Invoice,
    description: 'Changes an invoice. CONFLICT for anything but dueOn and notes once it was sent.',
    rest: false,
    authScopes: { can: 'invoices:write' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateInvoiceInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateInvoice(ctx, id, input),
  }),
  sendInvoice: t.field({
    type: Invoice,
    description: 'Marks a draft as sent to its client. CONFLICT when it is not a draft.',
    rest: false,
    authScopes: { can: 'invoices:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => sendInvoice(ctx, id),
  }),
  voidInvoice: t.field({
    type: Invoice,
    description:
      'Makes an invoice void: its number stays, nothing is owed. CONFLICT when it is paid, partly or in full.',
    rest: false,
    authScopes: { can: 'invoices:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => voidInvoice(ctx, id),
  }),
}))
