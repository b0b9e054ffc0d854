import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { today } from '../../core/day.ts'
import { AppError, invalid } from '../../core/errors.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import type { Invoice } from '../../db/generated/client.ts'
import { lineRules, priced, subtotalOf, taxOf, taxRules, totals } from './amounts.ts'
import { heldInvoice } from './held.ts'
import { nextNumber } from './numbers.sql.ts'

const INVOICE = { name: 'invoice' } as const

const header = {
  opportunityId: z.int().nullish(),
  currency: rules.currency.optional(),
  issuedOn: z.date().optional(),
  dueOn: z.date().nullish(),
  notes: rules.text.nullish(),
  ...taxRules,
}
const number = rules.name.max(40, 'must be at most 40 characters long.')
const creation = z.object({ ...header, clientId: z.int(), number: number.nullish(), lines: lineRules })
const change = z.object({
  ...header,
  clientId: z.int().optional(),
  number: number.optional(),
  lines: lineRules.optional(),
})

type Dates = { issuedOn: Date; dueOn?: Date | null | undefined }

function assertDue({ issuedOn, dueOn }: Dates): void {
  if (dueOn && dueOn < issuedOn) throw invalid('dueOn', 'must not be earlier than issuedOn.')
}

export async function createInvoice(ctx: Context, input: Input): Promise<Invoice> {
  const { lines: given, tax, taxRate, number, ...rest } = validated(creation, input)
  const lines = priced(given)
  const subtotal = subtotalOf(lines)
  const data = {
    ...rest,
    ...totals(subtotal, taxOf({ tax, taxRate }, subtotal, '0')),
    issuedOn: rest.issuedOn ?? today(ctx.clock),
    organizationId: ctx.organizationId,
  }
  assertDue(data)
  return createRow(ctx, INVOICE, async (tx) => {
    const created = await tx.invoice.create({ data: { ...data, number: number ?? (await nextNumber(tx, ctx)) } })
    await insertLines(tx, created, lines)
    return withLines(tx, created)
  })
}

/** Events and audit rows tell the lines too. */
async function withLines(tx: Transaction, invoice: Invoice) {
  const { organizationId, id: invoiceId } = invoice
  const lines = await tx.invoiceLine.findMany({
    where: { organizationId, invoiceId },
    orderBy: { position: 'asc' },
    select: { position: true, description: true, quantity: true, unitPrice: true, amount: true },
  })
  return { ...invoice, lines }
}

const insertLines = (tx: Transaction, { id, organizationId }: Invoice, lines: ReturnType<typeof priced>) =>
  tx.invoiceLine.createMany({ data: lines.map((line) => ({ ...line, organizationId, invoiceId: id })) })

const ALWAYS_OPEN = new Set(['dueOn', 'notes'])

function assertChangeable(invoice: Invoice, given: object): void {
  const closed = Object.keys(given).filter((name) => !ALWAYS_OPEN.has(name))
  if (invoice.status !== 'draft' && closed.length > 0)
    throw new AppError('CONFLICT', `This invoice is ${invoice.status}; only dueOn and notes can still change.`, {
      fields: Object.fromEntries(closed.map((name) => [name, ['can change only while the invoice is a draft.']])),
    })
}

/** A later due day takes an overdue invoice back among those that are merely sent. */
const standing = (ctx: Context, { status }: Invoice, { dueOn }: { dueOn?: Date | null | undefined }) =>
  status === 'overdue' && dueOn !== undefined && (dueOn === null || dueOn >= today(ctx.clock)) ? 'sent' : status

async function rewrite(tx: Transaction, ctx: Context, before: Invoice, input: z.output<typeof change>) {
  const { lines: given, tax, taxRate, ...rest } = input
  assertChangeable(before, input)
  assertDue({ ...before, ...rest, issuedOn: rest.issuedOn ?? before.issuedOn })
  const lines = given && priced(given)
  const subtotal = lines ? subtotalOf(lines) : before.subtotal
  const { organizationId, id } = before
  if (lines) {
    await tx.invoiceLine.deleteMany({ where: { organizationId, invoiceId: id } })
    await insertLines(tx, before, lines)
  }
  return tx.invoice.update({
    where: { organizationId_id: { organizationId, id } },
    data: {
      ...rest,
      ...totals(subtotal, taxOf({ tax, taxRate }, subtotal, before.tax)),
      status: standing(ctx, before, rest),
    },
  })
}

export function updateInvoice(ctx: Context, id: number, input: Input): Promise<Invoice> {
  const given = validated(change, input)
  return updateRow(ctx, INVOICE, {
    read: async (tx) => {
      const invoice = await heldInvoice(tx, ctx, id)
      return invoice && withLines(tx, invoice)
    },
    write: async (tx, before) => withLines(tx, await rewrite(tx, ctx, before, given)),
  })
}

/** Hands a draft to its client: from here on its amounts stand. */
export const sendInvoice = (ctx: Context, id: number): Promise<Invoice> =>
  updateRow(ctx, INVOICE, {
    verb: 'sent',
    read: (tx) => heldInvoice(tx, ctx, id),
    write: (tx, { status }) => {
      if (status !== 'draft') throw new AppError('CONFLICT', `Only a draft can be sent; this invoice is ${status}.`)
      return tx.invoice.update({ where: row(ctx, id), data: { status: 'sent' } })
    },
  })

async function assertVoidable(tx: Transaction, { organizationId, id, status }: Invoice): Promise<void> {
  if (status === 'void' || status === 'paid')
    throw new AppError('CONFLICT', `This invoice is ${status}; it cannot be voided.`)
  if ((await tx.payment.count({ where: { organizationId, invoiceId: id } })) > 0)
    throw new AppError('CONFLICT', 'This invoice has payments; delete them before voiding it.')
}

export const voidInvoice = (ctx: Context, id: number): Promise<Invoice> =>
  updateRow(ctx, INVOICE, {
    verb: 'voided',
    read: (tx) => heldInvoice(tx, ctx, id),
    write: async (tx, before) => {
      await assertVoidable(tx, before)
      return tx.invoice.update({ where: row(ctx, id), data: { status: 'void' } })
    },
  })
