import { Prisma } from '../db/client.ts'
import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'
import type { Deal } from './sales.ts'

type Decimal = Prisma.Decimal
type Line = { description: string; quantity: Decimal; unitPrice: Decimal; amount: Decimal }

const INVOICES = 40
const TAX_RATE = '0.0825'
const DAYS_TO_PAY = 30
const WORK = [
  ['Managed IT, monthly', '1', '850.00'],
  ['Engineering hours', '12.5', '95.00'],
  ['On-site visit', '2', '140.00'],
  ['Cloud hosting', '1', '129.90'],
  ['Security monitoring', '15', '7.25'],
  ['Training session', '3', '210.00'],
  ['Replacement switch', '1', '499.00'],
] as const

const cents = (amount: Decimal): Decimal => amount.toDecimalPlaces(2, Prisma.Decimal.ROUND_HALF_UP)
const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce((total, amount) => total.plus(amount))

const linesOf = (i: number): [Line, ...Line[]] => {
  const line = (_: unknown, n: number): Line => {
    const [description, quantity, price] = WORK[(i * 2 + n * 3) % WORK.length]!
    const unitPrice = new Prisma.Decimal(price)
    return { description, quantity: new Prisma.Decimal(quantity), unitPrice, amount: cents(unitPrice.times(quantity)) }
  }
  return Array.from({ length: 2 + (i % 3) }, line) as [Line, ...Line[]]
}

/** The latest are drafts and sent ones, older ones are paid; some never were. */
function statusOf(i: number, dueAgo: number): 'draft' | 'sent' | 'paid' | 'overdue' | 'void' {
  if (i === 11 || i === 27) return 'void'
  if (i >= INVOICES - 2) return 'draft'
  if (dueAgo <= 0) return i % 2 ? 'paid' : 'sent'
  return i % 9 === 4 ? 'overdue' : 'paid'
}

function amountsOf(lines: readonly Line[]) {
  const subtotal = sum(lines.map(({ amount }) => amount))
  const tax = cents(subtotal.times(TAX_RATE))
  return { subtotal, tax, total: subtotal.plus(tax) }
}

/** Work is billed on deals that were won by then. */
function dealOf(deals: readonly Deal[], i: number, ago: number): Deal {
  const won = deals.filter(({ stage, closedAgo = 0 }) => stage === 'won' && closedAgo >= ago)
  return won[i % won.length]!
}

/** Forty invoices, most of a year of them, whose payments add up to what their status says. */
export function addInvoices(rows: Rows, deals: readonly Deal[], { day, at }: Calendar): void {
  for (let i = 0; i < INVOICES; i++) {
    const ago = (INVOICES - i) * 7
    const status = statusOf(i, ago - DAYS_TO_PAY)
    const deal = dealOf(deals, i, ago)
    const lines = linesOf(i)
    const { subtotal, tax, total } = amountsOf(lines)
    const paidAgo = Math.max(1, ago - 12 - (i % 10))
    const invoiceId = rows.add('Invoice', {
      ...{ clientId: deal.clientId, opportunityId: deal.id, number: `INV-${String(i + 1).padStart(6, '0')}`, status },
      ...{ subtotal: subtotal.toFixed(2), tax: tax.toFixed(2), total: total.toFixed(2), issuedOn: day(-ago) },
      ...{ dueOn: day(-ago + DAYS_TO_PAY), paidOn: status === 'paid' ? day(-paidAgo) : null },
      notes: status === 'void' ? 'Issued to the wrong client.' : null,
      ...{ createdAt: at(-ago, '08:00'), updatedAt: at(-(status === 'paid' ? paidAgo : ago), '08:20') },
    })
    addLines(rows, invoiceId, lines)
    addPayments(rows, invoiceId, partsOf(i, status, total), { paidAgo, day, at })
  }
}

function addLines(rows: Rows, invoiceId: number, lines: readonly Line[]): void {
  lines.forEach(({ description, quantity, unitPrice, amount }, n) => {
    const amounts = { quantity: quantity.toString(), unitPrice: unitPrice.toFixed(2), amount: amount.toFixed(2) }
    rows.add('InvoiceLine', { invoiceId, position: n + 1, description, ...amounts })
  })
}

/** Every fifth paid invoice came in two halves; one that is overdue has a first instalment. */
function partsOf(i: number, status: string, total: Decimal): Decimal[] {
  const half = cents(total.dividedBy(2))
  if (status === 'overdue') return i % 2 ? [half] : []
  if (status !== 'paid') return []
  return i % 5 === 0 ? [half, total.minus(half)] : [total]
}

type Paid = { paidAgo: number } & Pick<Calendar, 'day' | 'at'>

function addPayments(rows: Rows, invoiceId: number, parts: readonly Decimal[], { paidAgo, day, at }: Paid): void {
  parts.forEach((amount, n) => {
    const ago = paidAgo + (parts.length - 1 - n) * 5
    const method = n === 0 ? ('bank_transfer' as const) : ('card' as const)
    const reference = `PAY-${invoiceId}-${n + 1}`
    rows.add('Payment', {
      invoiceId,
      amount: amount.toFixed(2),
      method,
      reference,
      paidOn: day(-ago),
      createdAt: at(-ago, '12:00'),
    })
  })
}
