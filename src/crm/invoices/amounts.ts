import { z } from 'zod'
import { invalid } from '../../core/errors.ts'
import * as rules from '../../core/rules.ts'
import { Prisma } from '../../db/client.ts'

type Decimal = Prisma.Decimal

/** Wide enough for any product of a quantity and a price, so that only the rounding to cents ever rounds. */
const Exact = Prisma.Decimal.clone({ precision: 60, rounding: Prisma.Decimal.ROUND_HALF_UP })

const LARGEST = new Exact('999999999999.99')
const MAX_LINES = 500

const quantity = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,3})?$/, 'must be a positive number with at most 9 digits before and 3 after the point.')
  .refine((value) => !/^[0.]*$/.test(value), 'must be greater than 0.')

export const lineRules = z
  .array(
    z.object({
      description: rules.line.min(1, 'must be at least 1 character long.'),
      quantity: quantity.default('1'),
      unitPrice: rules.money,
    }),
  )
  .min(1, 'must hold at least one line.')
  .max(MAX_LINES, `must hold at most ${MAX_LINES} lines.`)

export const taxRules = {
  tax: rules.positiveMoney.optional(),
  taxRate: z
    .string()
    .regex(/^\d{1,3}(\.\d{1,4})?$/, 'must be per cent: at most 3 digits before and 4 after the point.')
    .refine((rate) => new Exact(rate).lte(100), 'must be at most 100.')
    .optional(),
}

export type GivenLine = z.output<typeof lineRules>[number]
export type GivenTax = { tax?: string | undefined; taxRate?: string | undefined }

const cents = (amount: Decimal): Decimal => amount.toDecimalPlaces(2)

function amountOf({ quantity, unitPrice }: GivenLine, i: number): Decimal {
  const amount = cents(new Exact(quantity).times(unitPrice))
  if (amount.abs().gt(LARGEST)) throw invalid(`lines.${i}`, `must not amount to more than ${LARGEST}.`)
  return amount
}

/** Lines with their positions and amounts, each rounded half up to cents. */
export const priced = (lines: readonly GivenLine[]) =>
  lines.map((line, i) => ({ ...line, position: i + 1, amount: amountOf(line, i) }))

export const subtotalOf = (lines: readonly { amount: Decimal }[]): Decimal =>
  lines.reduce((sum, { amount }) => sum.plus(amount), new Exact(0))

/** The tax is an amount or a rate, never both. */
export function taxOf({ tax, taxRate }: GivenTax, subtotal: Decimal, unlessGiven: Decimal | string): Decimal {
  if (tax !== undefined && taxRate !== undefined) throw invalid('tax', 'must be left out when taxRate is given.')
  if (taxRate !== undefined) return cents(new Exact(subtotal).times(taxRate).dividedBy(100))
  return new Exact(tax ?? unlessGiven)
}

export function totals(subtotal: Decimal, tax: Decimal): { subtotal: Decimal; tax: Decimal; total: Decimal } {
  const total = new Exact(subtotal).plus(tax)
  if (subtotal.isNegative()) throw invalid('lines', 'must not add up to less than 0.')
  if (total.gt(LARGEST)) throw invalid('lines', `must not add up to more than ${LARGEST} with tax.`)
  return { subtotal, tax, total }
}
