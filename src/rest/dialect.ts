import type { Casing } from '../core/casing.ts'
import type { AppError } from '../core/errors.ts'
import type { DialectName } from '../core/rest.ts'
import type { JsonSchema } from './json-schema.ts'
import type { Parameter } from './parameters.ts'

export type Page = {
  /** Rows, or what stands for rows that are JSON already. */
  nodes: unknown[] | string
  /** How many are on this page. */
  shown: number
  total: number
  nextCursor: string | null
  limit: number
  offset: number
  /** The key of the rows where the dialect names them, `notes`. */
  name: string
  /** What the route shows of the connection beside its rows. */
  totals: Record<string, unknown>
  /** The request's absolute address, to be kept with some parameters replaced. */
  link(changes: Record<string, string | null>): string
}

export type Listed = { body: unknown; headers?: Record<string, string> }

export type Refusal = {
  error: AppError
  /** The error's sentence, its fields under the dialect's names. */
  message: string
  /** `error.details.fields` under the dialect's names. */
  fields: Record<string, string[]> | undefined
  /** The public code: `details.reason` where a resolver gave one, else the error's code in lower case. */
  code: string
  requestId: string
  method: string
}

/** A JSON object in words: its keys are required unless they are listed as optional. */
export type Described = { properties: Record<string, JsonSchema>; optional?: readonly string[] }

export type Dialect = {
  name: DialectName
  title: string
  description: string
  casing: Casing
  decimals: 'number' | 'string'
  /** A repeated query parameter: refused, or the last one counts. */
  repeats: 'refuse' | 'last'
  /** A key of a body that the input does not have. */
  unknownKeys: 'refuse' | 'ignore'
  /** What every route takes to choose the organization. */
  organizationParameter?: Parameter
  paging: { style: 'page' | 'cursor'; limit: number; max: number; total: boolean }
  list(page: Page): Listed
  listSchema(items: JsonSchema, name: string, totals: Record<string, JsonSchema>): Described
  /** What goes around every successful answer. */
  envelope?: {
    wrap(body: unknown, requestId: string): unknown
    schema(data: JsonSchema): Described
  }
  refuse(refusal: Refusal): unknown
  errorSchema(status: number): JsonSchema
}
