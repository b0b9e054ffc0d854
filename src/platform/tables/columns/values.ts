import { date, time } from '../../../core/scalars.ts'
import { Prisma } from '../../../db/client.ts'
import type { ColumnType, Kind } from './types.ts'

/** A value made ready for the database, or the sentence that says what is wrong with it. */
export type Reading = { value: unknown } | { wrong: string }

const wrong = (sentence: string): Reading => ({ wrong: sentence })

/** Numbers may be written as text, which keeps every digit. */
const written = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined

function text(value: unknown, { size }: ColumnType): Reading {
  if (typeof value !== 'string') return wrong('must be a text.')
  if (value.includes('\0') || !value.isWellFormed()) return wrong('must be well-formed Unicode without NUL.')
  if (size !== undefined && value.length > size && [...value].length > size)
    return wrong(`must be at most ${size} characters long.`)
  return { value }
}

const WHOLE = /^-?\d{1,19}$/

function integer(value: unknown, { bits = 64 }: ColumnType): Reading {
  const digits = written(value)
  const bound = 2n ** BigInt(bits - 1)
  const refused = wrong(`must be a whole number between ${-bound} and ${bound - 1n}.`)
  if (digits === undefined || !WHOLE.test(digits)) return refused
  const number = BigInt(digits)
  return number >= -bound && number < bound ? { value: String(number) } : refused
}

const NUMERIC = /^-?\d{1,200}(\.\d{1,200})?$/

function numeric(value: unknown, { size, scale }: ColumnType): Reading {
  const digits = written(value)
  if (digits === undefined || !NUMERIC.test(digits)) return wrong('must be a number like "12.50".')
  if (size === undefined || scale === undefined) return { value: digits }
  const [whole, fraction = ''] = digits.replace('-', '').split('.') as [string, string?]
  const before = whole.replace(/^0+/, '').length
  const after = fraction.replace(/0+$/, '').length
  const fits = before <= size - scale && after <= scale
  return fits
    ? { value: digits }
    : wrong(`must be a number with at most ${size - scale} digits before and ${scale} after the point.`)
}

function float(value: unknown, { bits }: ColumnType): Reading {
  const digits = written(value)?.trim()
  const number = digits ? Number(digits) : Number.NaN
  const kept = bits === 32 ? Math.fround(number) : number
  return Number.isFinite(kept) && (kept !== 0 || number === 0)
    ? { value: number }
    : wrong(`must be a number of ${bits} bits.`)
}

const TIME = /^((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?$/

/** Always as long, so that two can be compared as texts. */
function timeOfDay(value: unknown): Reading {
  const found = typeof value === 'string' ? TIME.exec(value) : null
  if (!found) return wrong('must be a time of day like "11:42:00".')
  const [, minutes, seconds = '00', fraction = ''] = found
  return { value: `${minutes}:${seconds}.${fraction.padEnd(3, '0')}` }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The scalars of the graph judge days and moments, and say what they want. */
function judged(value: unknown, judge: (value: unknown) => Date, show: (time: Date) => string): Reading {
  try {
    return { value: show(judge(value)) }
  } catch (error) {
    return wrong(`is refused: ${(error as Error).message}`)
  }
}

const READERS: Record<Kind, (value: unknown, type: ColumnType) => Reading> = {
  ...{ text, integer, numeric, float },
  boolean: (value) => (typeof value === 'boolean' ? { value } : wrong('must be true or false.')),
  date: (value) => judged(value, date, (day) => day.toISOString().slice(0, 10)),
  moment: (value) => judged(value, time, (moment) => moment.toISOString()),
  time: timeOfDay,
  uuid: (value) =>
    typeof value === 'string' && UUID.test(value)
      ? { value: value.toLowerCase() }
      : wrong('must be a UUID like "3f2b8c1e-0d4a-4b7e-9a53-2f1c6d7e8b90".'),
  json: (value) => ({ value }),
  other: () => wrong('has a type that is not written here.'),
}

/** A value as a column of this type keeps it. */
export const readValue = (type: ColumnType, value: unknown): Reading => READERS[type.kind](value, type)

const TRUTHS: Record<string, boolean> = { true: true, false: false }

/** The same, where everything is written as text: in addresses. */
export function readText(type: ColumnType, value: unknown): Reading {
  if (type.kind === 'boolean' && typeof value === 'string' && Object.hasOwn(TRUTHS, value))
    return { value: TRUTHS[value] }
  return readValue(type, value)
}

const digitsOf = (kind: Kind, value: unknown): Prisma.Decimal | string =>
  kind === 'integer' || kind === 'numeric' || kind === 'float' ? new Prisma.Decimal(String(value)) : String(value)

/** Which of two values of one kind comes first: below 0, 0 or above. Days, times and moments are in the order of their texts. */
export function compared(kind: Kind, one: unknown, other: unknown): number {
  const [a, b] = [digitsOf(kind, one), digitsOf(kind, other)]
  if (typeof a !== 'string') return a.comparedTo(b)
  return a === b ? 0 : a < b ? -1 : 1
}
