import { z } from 'zod'
import { builder } from '../../core/builder.ts'
import { type Context, row, transaction } from '../../core/context.ts'
import { today } from '../../core/day.ts'
import { enumOf } from '../../core/enums.ts'
import { AppError, invalid } from '../../core/errors.ts'
import type { VerbOf } from '../../core/events/catalogue.ts'
import { found } from '../../core/found.ts'
import { difference, record, told } from '../../core/record.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { Prisma, type Transaction } from '../../db/client.ts'
import type { Invoice, Payment as PaymentRow } from '../../db/generated/client.ts'
import { PaymentMethod as METHODS } from '../../db/generated/enums.ts'
import { heldInvoice } from './held.ts'

export const PaymentMethod = enumOf('PaymentMethod', METHODS, 'How money was received.')

export const Payment = builder.prismaObject('Payment', {
  description: 'Money received for an invoice.',
  authScopes: { can: 'invoices:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    amount: t.expose('amount', { type: 'Decimal', description: "In the invoice's currency." }),
    method: t.expose('method', { type: PaymentMethod }),
    reference: t.exposeString('reference', { nullable: true, description: 'What the bank statement says.' }),
    paidOn: t.expose('paidOn', { type: 'Date' }),
    invoiceId: t.exposeID('invoiceId'),
    invoice: t.relation('invoice'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
})

const MAX_PAYMENTS = 500

const payment = z.object({
  invoiceId: z.int(),
  amount: rules.positiveMoney.refine((amount) => !/^[0.]*$/.test(amount), 'must be greater than 0.'),
  method: z.enum(METHODS).optional(),
  reference: rules.line.nullish(),
  paidOn: z.date().optional(),
})

async function received(tx: Transaction, { organizationId, id }: Invoice) {
  const { _sum, _count } = await tx.payment.aggregate({
    where: { organizationId, invoiceId: id },
    _sum: { amount: true },
    _count: true,
  })
  return { paid: _sum.amount ?? new Prisma.Decimal(0), count: _count }
}

function assertPayable({ status }: Invoice, count: number): void {
  if (status !== 'sent' && status !== 'overdue')
    throw new AppError('CONFLICT', `Only a sent or overdue invoice can be paid; this one is ${status}.`)
  if (count >= MAX_PAYMENTS) throw new AppError('CONFLICT', `An invoice has at most ${MAX_PAYMENTS} payments.`)
}

const announce = (tx: Transaction, ctx: Context, type: `payment.${VerbOf<'payment'>}`, row: PaymentRow) =>
  record(tx, ctx, { type, target: { type: 'payment', id: row.id }, data: told(row) })

type InvoiceEvent = `invoice.${VerbOf<'invoice'>}`

const announceInvoice = (tx: Transaction, ctx: Context, type: InvoiceEvent, before: Invoice, after: Invoice) =>
  record(tx, ctx, {
    type,
    target: { type: 'invoice', id: after.id },
    data: told(after),
    changes: difference(before, after),
  })

async function settle(tx: Transaction, ctx: Context, before: Invoice, paidOn: Date): Promise<void> {
  const after = await tx.invoice.update({ where: row(ctx, before.id), data: { status: 'paid', paidOn } })
  await announceInvoice(tx, ctx, 'invoice.paid', before, after)
}

async function reopen(tx: Transaction, ctx: Context, before: Invoice): Promise<Invoice> {
  if (before.status !== 'paid') return before
  const status = before.dueOn && before.dueOn < today(ctx.clock) ? 'overdue' : 'sent'
  return tx.invoice.update({ where: row(ctx, before.id), data: { status, paidOn: null } })
}

/** Takes money for an invoice; the payment that completes it also marks it paid. */
export function recordPayment(ctx: Context, input: Input): Promise<PaymentRow> {
  const given = validated(payment, input)
  const paidOn = given.paidOn ?? today(ctx.clock)
  return transaction(ctx, async (tx) => {
    const invoice = await found('invoice', heldInvoice(tx, ctx, given.invoiceId))
    const { paid, count } = await received(tx, invoice)
    assertPayable(invoice, count)
    const rest = invoice.total.minus(paid).minus(given.amount)
    if (rest.isNegative())
      throw invalid('amount', `must be at most ${rest.plus(given.amount).toFixed(2)}, what is due.`)
    const created = await tx.payment.create({ data: { ...given, paidOn, organizationId: ctx.organizationId } })
    await announce(tx, ctx, 'payment.created', created)
    if (rest.isZero()) await settle(tx, ctx, invoice, paidOn)
    return created
  })
}

/** Takes back a payment that was recorded by mistake; an invoice that was paid is open again, and shown so. */
export function deletePayment(ctx: Context, id: number, query: object = {}): Promise<PaymentRow> {
  const where = row(ctx, id)
  return transaction(ctx, async (tx) => {
    const { invoiceId } = await found('payment', tx.payment.findUnique({ where }))
    const before = await found('invoice', heldInvoice(tx, ctx, invoiceId))
    const after = await reopen(tx, ctx, before)
    const shown = await found('payment', tx.payment.findUnique({ ...query, where }))
    await announce(tx, ctx, 'payment.deleted', await tx.payment.delete({ where }))
    if (after !== before) await announceInvoice(tx, ctx, 'invoice.reopened', before, after)
    return shown
  })
}

const RecordPaymentInput = builder.inputType('RecordPaymentInput', {
  fields: (t) => ({
    invoiceId: t.id({ required: true }),
    amount: t.field({ type: 'Decimal', required: true, description: 'At most what is still due.' }),
    method: t.field({ type: PaymentMethod, description: 'BANK_TRANSFER unless given.' }),
    reference: t.string({ description: 'What the bank statement says.' }),
    paidOn: t.field({ type: 'Date', description: 'Today unless given.' }),
  }),
})

builder.mutationFields((t) => ({
  recordPayment: t.field({
    type: Payment,
    description:
      'Records money received for a sent or overdue invoice; one paid in full becomes PAID. INVALID_REQUEST when it is more than is due, CONFLICT in any other status.',
    rest: false,
    authScopes: { can: 'invoices:write' },
    args: { input: t.arg({ type: RecordPaymentInput, required: true }) },
    resolve: (_root, { input }, ctx) => recordPayment(ctx, input),
  }),
  deletePayment: t.prismaField({
    type: Payment,
    description: 'Takes back a payment recorded by mistake and returns it as it was; a paid invoice is open again.',
    rest: false,
    authScopes: { can: 'invoices:write' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deletePayment(ctx, id, query),
  }),
}))
