import { z } from 'zod'

/** The rules that inputs of every room share: lengths and forms, with the sentence a caller reads. */
const bounded = (least: number, most: number) =>
  z
    .string()
    .trim()
    .min(least, `must be at least ${least} character${least === 1 ? '' : 's'} long.`)
    .max(most, `must be at most ${most} characters long.`)

export const name = bounded(1, 200)
export const line = bounded(0, 500)
export const text = z.string().max(100_000, 'must be at most 100000 characters long.')
export const email = bounded(3, 254).regex(
  /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  'must be a mail address like name@example.com.',
)
export const phone = bounded(1, 50)
export const percent = z.int().min(0, 'must be at least 0.').max(100, 'must be at most 100.')
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code like USD.')
export const url = bounded(1, 2000).refine(
  (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
  'must be an address that starts with http:// or https://.',
)
export const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens.')
  .max(60, 'must be at most 60 characters long.')

const MONEY = /^-?\d{1,12}(\.\d{1,2})?$/
export const money = z.string().regex(MONEY, 'must be an amount with at most 12 digits before and 2 after the point.')
export const positiveMoney = money.refine((amount) => !amount.startsWith('-'), 'must not be negative.')
