import { type GraphQLLeafType, isEnumType } from 'graphql'
import { Uncompilable } from './statement.ts'

/** How an answer is written: what its keys are called, and how its values. */
export type Form = {
  key(key: string): string
  /** An expression over a column, whose type in the database is told where it is known. */
  value(type: GraphQLLeafType, column: string, sqlType: string | undefined): string
}

/** As ISO 8601 in UTC; whole seconds print without a fraction. */
const time = (column: string): string =>
  `replace(to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z')`

/** At least two decimals, and no zeros beyond those. */
export const decimal = (column: string): string =>
  `(CASE WHEN min_scale(${column}) < 2 THEN round(${column}, 2) ELSE trim_scale(${column}) END)`

const asItIs = (column: string): string => column
const asText = (column: string): string => `${column}::text`

const SCALARS: Record<string, (column: string) => string> = {
  ID: asText,
  String: asItIs,
  Int: asItIs,
  Float: asItIs,
  Boolean: asItIs,
  JSON: asItIs,
  BigInt: asText,
  Decimal: (column) => `${decimal(column)}::text`,
  DateTime: time,
  Date: asItIs,
}

/** The graph's own form: the text that each scalar's `serialize` gives. */
export const GRAPH: Form = {
  key: asItIs,
  value(type, column) {
    if (isEnumType(type)) {
      if (type.getValues().every(({ name, value }) => name === String(value).toUpperCase()))
        return `upper(${column}::text)`
      throw new Uncompilable(`the names of ${type.name}`)
    }
    const write = SCALARS[type.name]
    if (!write) throw new Uncompilable(`the type ${type.name}`)
    return write(column)
  },
}
