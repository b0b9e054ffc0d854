import { GraphQLError, GraphQLID, GraphQLString, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import { Prisma } from '../db/client.ts'
import { builder } from './builder.ts'

/** Bytes on their way out: base64 in JSON, as they are where a door can send them raw. */
export class Binary {
  readonly bytes: Buffer
  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  toJSON(): string {
    return this.bytes.toString('base64')
  }
}

const refuse = (sentence: string): never => {
  throw new GraphQLError(sentence)
}

/** Whole seconds print without a fraction, as every source document shows them. */
export const isoTime = (time: Date): string => {
  const text = time.toISOString()
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

const moment = (value: Date | string): Date => (value instanceof Date ? value : new Date(value))

const ID_MAX = 2 ** 31 - 1
const NO_SUCH_ID = -1

/** Rows are numbered with 32-bit integers: any other text names no row, which is "not found" rather than an error. */
export function parseId(value: unknown): number {
  if (typeof value !== 'string' && typeof value !== 'number') return refuse('An id is a string or a whole number.')
  const text = String(value)
  return /^\d{1,10}$/.test(text) && Number(text) <= ID_MAX ? Number(text) : NO_SUCH_ID
}

const literal = (parse: (value: unknown) => unknown) => (node: ValueNode) =>
  parse(node.kind === Kind.INT || node.kind === Kind.STRING || node.kind === Kind.FLOAT ? node.value : undefined)

/** Pothos always builds with the library's own ID and String, so what they accept is said on those. */
Object.assign(GraphQLID, { serialize: String, parseValue: parseId, parseLiteral: literal(parseId) })

/** PostgreSQL text holds neither NUL nor half of a surrogate pair. */
export function text(value: unknown): string {
  if (typeof value !== 'string') return refuse('This is a string.')
  if (value.includes('\0')) return refuse('A string must not contain the character NUL.')
  if (!value.isWellFormed()) return refuse('A string must be well-formed Unicode (a lone surrogate was found).')
  return value
}

Object.assign(GraphQLString, {
  parseValue: text,
  parseLiteral: (node: ValueNode) => text(node.kind === Kind.STRING ? node.value : undefined),
})

const DECIMAL = /^-?\d{1,18}(\.\d{1,6})?$/

export function decimal(value: unknown): string {
  const written = typeof value === 'number' ? String(value) : value
  return typeof written === 'string' && DECIMAL.test(written)
    ? written
    : refuse('A decimal is a number like "1250.00": at most 18 digits before and 6 after the point.')
}

/** Money keeps its cents: the client library drops trailing zeros. */
export const writtenDecimal = (value: { toString(): string }): string =>
  value instanceof Prisma.Decimal && value.decimalPlaces() < 2 ? value.toFixed(2) : value.toString()

builder.scalarType('Decimal', {
  description: 'An exact decimal number, written as a string ("1250.00").',
  serialize: writtenDecimal,
  parseValue: decimal,
  parseLiteral: literal(decimal) as never,
})

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/
/** PostgreSQL has no year 0, and the form no more than four digits. */
const isKept = (time: Date) => time.getUTCFullYear() >= 1 && time.getUTCFullYear() <= 9999

const DATE = /^\d{4}-\d{2}-\d{2}$/

const sameDay = (time: Date, written: string) => !Number.isNaN(time.getTime()) && time.toISOString().startsWith(written)

export function time(value: unknown): Date {
  const parsed = typeof value === 'string' && TIME.test(value) ? new Date(value) : undefined
  return parsed && isKept(parsed) ? parsed : refuse('A time is ISO 8601 with a zone, like "2026-05-23T11:42:00Z".')
}

export function date(value: unknown): Date {
  const parsed = typeof value === 'string' && DATE.test(value) ? new Date(`${value}T00:00:00Z`) : undefined
  return parsed && isKept(parsed) && sameDay(parsed, value as string)
    ? parsed
    : refuse('A date is an existing day, like "2026-05-23".')
}

builder.scalarType('DateTime', {
  description: 'A moment in ISO 8601, UTC ("2026-05-23T11:42:00Z").',
  serialize: (value) => isoTime(moment(value)),
  parseValue: time,
  parseLiteral: literal(time) as never,
})

builder.scalarType('Date', {
  description: 'A day ("2026-05-23").',
  serialize: (value) => moment(value).toISOString().slice(0, 10),
  parseValue: date,
  parseLiteral: literal(date) as never,
})

const MAX_JSON_DEPTH = 16

/** A name that objects of JavaScript take for something else would be lost on the way. */
const keyName = (key: string): string =>
  key === '__proto__' ? refuse('A key in JSON must not be __proto__.') : text(key)

export function json(value: unknown, depth = 0): unknown {
  if (depth > MAX_JSON_DEPTH) return refuse(`JSON here nests at most ${MAX_JSON_DEPTH} levels deep.`)
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return refuse('A number in JSON here is at most 1.8e308.')
  if (Array.isArray(value)) return value.map((item) => json(item, depth + 1))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [keyName(key), json(item, depth + 1)]))
}

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => json(value),
  parseLiteral: (node, variables) => json(valueFromASTUntyped(node, variables)),
})

builder.scalarType('Value', {
  description: 'One value, whatever its type: a text, a number, true or false, a list or an object.',
  serialize: (value) => value,
  parseValue: (value) => json(value),
  parseLiteral: (node, variables) => json(valueFromASTUntyped(node, variables)),
})

function bigint(value: unknown): bigint {
  return /^-?\d{1,18}$/.test(String(value))
    ? BigInt(String(value))
    : refuse('This is a whole number of at most 18 digits.')
}

builder.scalarType('BigInt', {
  description: 'A whole number, written as a string.',
  serialize: (value) => String(value),
  parseValue: bigint,
  parseLiteral: literal(bigint) as never,
})

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

function bytes(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value
  return typeof value === 'string' && value.length % 4 === 0 && BASE64.test(value)
    ? Buffer.from(value, 'base64')
    : refuse('Bytes are written in base64.')
}

builder.scalarType('Bytes', {
  description: 'Bytes, written in base64. REST routes send and take them as they are.',
  serialize: (value) => value,
  parseValue: bytes,
  parseLiteral: literal(bytes) as never,
})
