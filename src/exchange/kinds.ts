import { date, decimal, isoTime, json, parseId, text, writtenDecimal } from '../core/scalars.ts'
import { understoodNumber } from './numbers.ts'

/** What a column holds: how its values are read from a file, and how they are written to one. */
export type Kind = {
  /** A value as the verbs take it. What is not text is theirs to judge; a sentence is thrown for what cannot be read. */
  read(value: unknown): unknown
  /** A value as JSON has it. */
  write(value: unknown): unknown
  /** The same as a cell's text, where that is not the JSON of it. */
  cell?(value: unknown): string
  /** Nothing that it writes is ever a formula. */
  harmless?: true
}

/** A value that cannot be read, in a sentence. */
export class Unfit extends Error {}

const unfit = (sentence: string): never => {
  throw new Unfit(sentence)
}

/** The scalars of the graph have the sentences already. */
function judged<T>(judge: () => T): T {
  try {
    return judge()
  } catch (error) {
    return unfit((error as Error).message)
  }
}

const same = (value: unknown): unknown => value

const fromText =
  (read: (written: string) => unknown) =>
  (value: unknown): unknown =>
    typeof value === 'string' ? read(value) : value

function number(written: string, wanted: 'whole' | 'fraction'): string {
  const understood = understoodNumber(written, wanted)
  return 'wrong' in understood ? unfit(understood.wrong) : understood.number
}

export const words: Kind = { read: fromText((written) => judged(() => text(written))), write: same }

export const whole: Kind = {
  read: fromText((written) => Number(number(written, 'whole'))),
  write: same,
  harmless: true,
}

export const fraction: Kind = {
  read: fromText((written) => Number(number(written, 'fraction'))),
  write: same,
  harmless: true,
}

/** An exact amount: a text everywhere. */
export const amount: Kind = {
  read: (value) => {
    const written = typeof value === 'string' ? number(value, 'fraction') : value
    return typeof written === 'string' || typeof written === 'number' ? judged(() => decimal(written)) : written
  },
  write: (value) => writtenDecimal(value as { toString(): string }),
  harmless: true,
}

const TRUE = new Set(['true', 'yes', 'y', '1', 'on'])
const FALSE = new Set(['false', 'no', 'n', '0', 'off'])

function isTrue(written: string): boolean {
  const word = written.trim().toLowerCase()
  if (TRUE.has(word)) return true
  return FALSE.has(word) ? false : unfit('must be true or false (or yes, no, 1, 0).')
}

export const truth: Kind = { read: fromText(isTrue), write: same, harmless: true }

const MIDNIGHT = /[T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)?$/
const CONTINENTAL = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/
const SLASHED = /^\d{1,2}\/\d{1,2}\/\d{4}$/

function day(written: string): Date {
  const bare = written
    .trim()
    .replace(MIDNIGHT, '')
    .replaceAll(/^(\d{4})\/(\d{2})\/(\d{2})$/g, '$1-$2-$3')
  if (SLASHED.test(bare)) return unfit('could have the month before the day or after it; write it like 2027-01-31.')
  const [, dayOfMonth, month, year] = CONTINENTAL.exec(bare) ?? []
  return judged(() => date(year ? `${year}-${month!.padStart(2, '0')}-${dayOfMonth!.padStart(2, '0')}` : bare))
}

export const calendarDay: Kind = {
  read: fromText(day),
  write: (value) => (value as Date).toISOString().slice(0, 10),
  harmless: true,
}

export const moment: Kind = { read: same, write: (value) => isoTime(value as Date), harmless: true }

/** A value of an enum: `Plug-in hybrid` is `plug_in_hybrid`. */
export const choice: Kind = {
  read: fromText((written) =>
    written
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  ),
  write: same,
  harmless: true,
}

function object(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return unfit('must be a JSON object, like {"rack": 4}.')
  }
}

export const freeJson: Kind = {
  read: (value) => judged(() => json(typeof value === 'string' ? object(value) : value)),
  write: same,
}

/** The id of another row; text that is none names no row. */
export const id: Kind = {
  read: (value) =>
    typeof value === 'string' || typeof value === 'number'
      ? parseId(typeof value === 'string' ? value.trim() : value)
      : value,
  write: same,
  harmless: true,
}
