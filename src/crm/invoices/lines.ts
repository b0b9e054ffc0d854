import { builder } from '../../core/builder.ts'

export const InvoiceLine = builder.prismaObject('InvoiceLine', {
  description: 'One position of an invoice.',
  authScopes: { can: 'invoices:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    position: t.exposeInt('position', { description: 'From 1.' }),
    description: t.exposeString('description'),
    quantity: t.expose('quantity', { type: 'Decimal', description: 'At most 3 decimals.' }),
    unitPrice: t.expose('unitPrice', { type: 'Decimal', description: "In the invoice's currency." }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'Quantity times unit price, rounded half up to cents.',
    }),
  }),
})

export const InvoiceLineInput = builder.inputType('InvoiceLineInput', {
  description: 'One position of an invoice; positions follow the order given.',
  fields: (t) => ({
    description: t.string({ required: true }),
    quantity: t.field({ type: 'Decimal', description: 'At most 3 decimals; 1 unless given.' }),
    unitPrice: t.field({ type: 'Decimal', required: true, description: 'Less than 0 for a discount.' }),
  }),
})
