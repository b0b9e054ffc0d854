import type { Prisma } from '../../db/client.ts'
import * as enums from '../../db/generated/enums.ts'
import { getDatamodel } from '../../db/generated/pothos.ts'

/** JSON Schema, as much of it as events need. Names of properties are the graph's until they are told. */
export type Schema = {
  type?: string | readonly string[]
  format?: string
  enum?: readonly (string | null)[]
  description?: string
  items?: Schema
  properties?: Record<string, Schema>
  required?: readonly string[]
}

const ENUMS: Readonly<Record<string, Record<string, string>>> = enums

type Column = { name: string; kind: string; type: string; isList: boolean; isRequired: boolean }
const MODELS = (getDatamodel() as unknown as { datamodel: { models: Record<string, { fields: Column[] }> } }).datamodel
  .models

const SCALARS: Record<string, Schema> = {
  String: { type: 'string' },
  Int: { type: 'integer' },
  BigInt: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
  Decimal: { type: 'string', format: 'decimal' },
  DateTime: { type: 'string', format: 'date-time' },
  Json: {},
}

const one = ({ kind, type }: Column): Schema =>
  kind === 'enum' ? { type: 'string', enum: Object.values(ENUMS[type]!) } : SCALARS[type]!

const orNull = (schema: Schema): Schema => ({
  ...schema,
  ...(schema.type !== undefined && { type: [schema.type as string, 'null'] }),
  ...(schema.enum && { enum: [...schema.enum, null] }),
})

function schemaOf(column: Column): Schema {
  if (column.isList) return { type: 'array', items: one(column) }
  return column.isRequired ? one(column) : orNull(one(column))
}

/** Columns that no event tells, whatever the table. */
export const NEVER_TOLD: ReadonlySet<string> = new Set(['organizationId', 'searchText'])

const isTold = ({ name, kind, type }: Column): boolean => kind !== 'object' && type !== 'Bytes' && !NEVER_TOLD.has(name)

export type Fields = Record<string, Schema>

/** What is told of a model's rows: its columns, but for relations, bytes and those that are hidden. */
export function columnsOf(model: Prisma.ModelName, hidden: readonly string[] = []): Fields {
  const told = MODELS[model]!.fields.filter((column) => isTold(column) && !hidden.includes(column.name))
  return Object.fromEntries(told.map((column) => [column.name, schemaOf(column)]))
}

/** Some columns of a model. One that does not exist is a mistake that shows when the server starts. */
export function someOf(model: Prisma.ModelName, names: readonly string[]): Fields {
  const columns = columnsOf(model)
  const missing = names.filter((name) => !columns[name])
  if (missing.length > 0) throw new Error(`${model} tells no ${missing.join(', ')}.`)
  return Object.fromEntries(names.map((name) => [name, columns[name]!]))
}

export const object = (always: Fields, sometimes: Fields = {}): Schema => ({
  type: 'object',
  required: Object.keys(always),
  properties: { ...always, ...sometimes },
})

export const INTEGER: Schema = { type: 'integer' }
export const TEXT: Schema = { type: 'string' }
export const TEXT_OR_NONE: Schema = { type: ['string', 'null'] }
export const listOf = (items: Schema): Schema => ({ type: 'array', items })
