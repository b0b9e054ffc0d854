/** How the values of a column are read, compared and shown. */
export type Kind =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'numeric'
  | 'float'
  | 'date'
  | 'time'
  | 'moment'
  | 'uuid'
  | 'json'
  /** What somebody made who may more than this: it is shown as text, and otherwise left alone. */
  | 'other'

export type ColumnType = {
  /** As people write it and read it: `numeric(10,2)`. */
  name: string
  /** As the database is told. */
  sql: string
  kind: Kind
  /** Characters of a text, digits of a number in all. */
  size?: number
  /** Digits after the point. */
  scale?: number
  /** Bits of a number. */
  bits?: number
}

const plain = (name: string, kind: Kind, sql = name): ColumnType => ({ name, sql, kind })

const PLAIN: Record<string, ColumnType> = {
  text: plain('text', 'text'),
  boolean: plain('boolean', 'boolean'),
  smallint: { ...plain('smallint', 'integer'), bits: 16 },
  integer: { ...plain('integer', 'integer'), bits: 32 },
  bigint: { ...plain('bigint', 'integer'), bits: 64 },
  numeric: plain('numeric', 'numeric'),
  real: { ...plain('real', 'float'), bits: 32 },
  double: { ...plain('double', 'float', 'double precision'), bits: 64 },
  date: plain('date', 'date'),
  time: plain('time', 'time', 'time(3)'),
  timestamptz: plain('timestamptz', 'moment', 'timestamptz(3)'),
  uuid: plain('uuid', 'uuid'),
  jsonb: plain('jsonb', 'json'),
}

/** Other words for the same, as people write them and as the catalogue does. */
const ALSO: Record<string, string> = {
  bool: 'boolean',
  int: 'integer',
  decimal: 'numeric',
  'double precision': 'double',
  json: 'jsonb',
}

const MAX_LENGTH = 10_000
const MAX_DIGITS = 100

function sized(word: string, first: number, second: number | undefined): ColumnType | undefined {
  if (word === 'varchar' && second === undefined && first >= 1 && first <= MAX_LENGTH)
    return { ...plain(`varchar(${first})`, 'text'), size: first }
  const scale = second ?? 0
  if ((word !== 'numeric' && word !== 'decimal') || first < 1 || first > MAX_DIGITS || scale > first) return undefined
  return { ...plain(`numeric(${first},${scale})`, 'numeric'), size: first, scale }
}

const WORDS = /^([a-z ]+?) ?(?:\( ?(\d{1,5}) ?(?:, ?(\d{1,3}) ?)?\))?$/

/** The type that a word means; undefined for any that tables here are not made of. */
export function declaredType(written: string): ColumnType | undefined {
  const [, word, first, second] = WORDS.exec(written.trim().toLowerCase().replaceAll(/\s+/g, ' ')) ?? []
  if (word === undefined) return undefined
  if (first !== undefined) return sized(word, Number(first), second === undefined ? undefined : Number(second))
  const name = Object.hasOwn(ALSO, word) ? ALSO[word]! : word
  return Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined
}

export const TYPE_NAMES = `${Object.keys(PLAIN).join(', ')}, varchar(n) with n up to ${MAX_LENGTH}, numeric(p) and numeric(p,s) with p up to ${MAX_DIGITS}`

const MOMENT = /^timestamp(\(\d\))? with time zone$/
const TIME = /^time(\(\d\))? without time zone$/

/** The type of a column as the catalogue writes it, whoever made it. */
export function foundType(formatted: string): ColumnType {
  if (MOMENT.test(formatted)) return PLAIN.timestamptz!
  if (TIME.test(formatted)) return PLAIN.time!
  const known = declaredType(formatted.replace('character varying', 'varchar'))
  return known ?? { ...plain(formatted, formatted.startsWith('character') ? 'text' : 'other') }
}
