import {
  type GraphQLEnumType,
  type GraphQLInputType,
  type GraphQLLeafType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { Dialect } from './dialect.ts'

export type JsonSchema = {
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  format?: string
  enum?: readonly (string | number | boolean)[]
  default?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  nullable?: boolean
  items?: JsonSchema
  allOf?: readonly JsonSchema[]
  oneOf?: readonly JsonSchema[]
  $ref?: string
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  description?: string
  example?: unknown
  additionalProperties?: JsonSchema | boolean
}

const SCALARS: Record<string, JsonSchema> = {
  Int: { type: 'integer', format: 'int32' },
  Float: { type: 'number' },
  String: { type: 'string' },
  Boolean: { type: 'boolean' },
  ID: { type: 'integer', format: 'int64' },
  BigInt: { type: 'integer', format: 'int64' },
  Decimal: { type: 'string', format: 'decimal' },
  DateTime: { type: 'string', format: 'date-time' },
  Date: { type: 'string', format: 'date' },
  Bytes: { type: 'string', format: 'byte' },
  JSON: { type: 'object', additionalProperties: true },
  Value: {},
}

/** The word REST uses for an enum value: its internal value, `branch_protection`. */
export const enumWords = (type: GraphQLEnumType): Map<string, string> =>
  new Map(type.getValues().map(({ name, value }) => [name, typeof value === 'string' ? value : name.toLowerCase()]))

export function leafSchema(type: GraphQLLeafType, dialect: Dialect): JsonSchema {
  if (isEnumType(type)) return { type: 'string', enum: [...enumWords(type).values()] }
  if (type.name === 'Decimal' && dialect.decimals === 'number') return { type: 'number' }
  return SCALARS[type.name] ?? (type.extensions.jsonSchema as JsonSchema | undefined) ?? { type: 'string' }
}

export const nullable = (schema: JsonSchema): JsonSchema => {
  if (schema.$ref) return { type: 'object', allOf: [schema], nullable: true }
  return schema.type ? { ...schema, nullable: true } : schema
}

/** An input type as a parameter shows it: never an object, a list as its items. */
export function parameterSchema(type: GraphQLInputType, dialect: Dialect): JsonSchema {
  if (isNonNullType(type)) return parameterSchema(type.ofType, dialect)
  if (isListType(type)) return { type: 'array', items: parameterSchema(type.ofType, dialect) }
  if (isInputObjectType(type)) throw new Error(`${type.name} cannot be written in a query string.`)
  return leafSchema(type, dialect)
}
