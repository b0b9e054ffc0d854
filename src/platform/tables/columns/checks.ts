import pg from 'pg'
import { z } from 'zod'
import type { ColumnType, Kind } from './types.ts'
import { compared, readValue } from './values.ts'

/** What every value of a column must be, in shapes that are known: never a text of SQL. */
export const checkRules = z
  .strictObject({
    min: z.unknown().optional(),
    max: z.unknown().optional(),
    minLength: z.int().min(0, 'must be at least 0.').max(100_000, 'must be at most 100000.').nullish(),
    maxLength: z.int().min(1, 'must be at least 1.').max(100_000, 'must be at most 100000.').nullish(),
    oneOf: z.array(z.unknown()).min(1, 'must not be empty.').max(100, 'must be at most 100 values.').nullish(),
    notEmpty: z.boolean().nullish(),
  })
  .nullish()

type Asked = NonNullable<z.output<typeof checkRules>>

/** Values as the column keeps them. */
export type Check = {
  min?: unknown
  max?: unknown
  minLength?: number
  maxLength?: number
  oneOf?: unknown[]
  notEmpty?: true
}

const ORDERED: readonly Kind[] = ['integer', 'numeric', 'float', 'date', 'time', 'moment']
const LISTED: readonly Kind[] = [...ORDERED, 'text', 'uuid']
const NEEDS: Record<keyof Check, readonly Kind[]> = {
  ...{ min: ORDERED, max: ORDERED, oneOf: LISTED },
  ...{ minLength: ['text'], maxLength: ['text'], notEmpty: ['text'] },
}

export type Refuse = (field: string, sentence: string) => void

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== false

function kept(type: ColumnType, field: string, value: unknown, refuse: Refuse): unknown {
  const read = readValue(type, value)
  if ('value' in read) return read.value
  refuse(field, read.wrong)
  return undefined
}

/** A value of one of a check's shapes, as it is kept; undefined where it was refused. */
function shaped(type: ColumnType, shape: keyof Check, value: unknown, refuse: Refuse): unknown {
  if (shape === 'min' || shape === 'max') return kept(type, shape, value, refuse)
  if (shape !== 'oneOf') return value
  const listed = (value as unknown[]).map((each, at) => kept(type, `oneOf.${at}`, each, refuse))
  return listed.includes(undefined) ? undefined : listed
}

/** A check as it is kept; what does not suit the type is refused. */
export function readCheck(type: ColumnType, asked: Asked, refuse: Refuse): Check | undefined {
  const check: Record<string, unknown> = {}
  for (const [shape, value] of Object.entries(asked) as [keyof Check, unknown][]) {
    if (!isGiven(value)) continue
    if (!NEEDS[shape].includes(type.kind)) refuse(shape, `does not suit the type ${type.name}.`)
    else check[shape] = shaped(type, shape, value, refuse)
  }
  return Object.values(check).some((value) => value !== undefined) ? check : undefined
}

export const literal = (type: ColumnType, value: unknown): string =>
  `${pg.escapeLiteral(type.kind === 'json' ? JSON.stringify(value) : String(value))}::${type.sql}`

/** The condition in SQL, on a quoted column. */
export function checkSql(type: ColumnType, column: string, check: Check): string {
  const { min, max, minLength, maxLength, oneOf, notEmpty } = check
  const parts = [
    ...(min === undefined ? [] : [`${column} >= ${literal(type, min)}`]),
    ...(max === undefined ? [] : [`${column} <= ${literal(type, max)}`]),
    ...(minLength === undefined ? [] : [`char_length(${column}) >= ${Number(minLength)}`]),
    ...(maxLength === undefined ? [] : [`char_length(${column}) <= ${Number(maxLength)}`]),
    ...(oneOf ? [`${column} IN (${oneOf.map((value) => literal(type, value)).join(', ')})`] : []),
    ...(notEmpty ? [`btrim(${column}) <> ''`] : []),
  ]
  return parts.join(' AND ')
}

/** What of a check a value breaks, as a sentence; undefined for one that keeps it. */
export function brokenCheck({ kind }: ColumnType, check: Check, value: unknown): string | undefined {
  const { min, max, minLength = 0, maxLength = Number.POSITIVE_INFINITY, oneOf, notEmpty } = check
  if (min !== undefined && compared(kind, value, min) < 0) return `must be at least ${min}.`
  if (max !== undefined && compared(kind, value, max) > 0) return `must be at most ${max}.`
  if (oneOf && !oneOf.some((each) => compared(kind, each, value) === 0)) return `must be one of ${oneOf.join(', ')}.`
  if (kind !== 'text') return undefined
  const length = [...String(value)].length
  if (length < minLength) return `must be at least ${minLength} characters long.`
  if (length > maxLength) return `must be at most ${maxLength} characters long.`
  return notEmpty && String(value).replaceAll(/^ +| +$/g, '') === '' ? 'must not be empty.' : undefined
}
