import { isEnumType } from 'graphql'
import { decimal, type Form, GRAPH } from '../read/form.ts'
import { Uncompilable } from '../read/statement.ts'
import type { Dialect } from './dialect.ts'
import { enumWords } from './json-schema.ts'

const WHOLE = new Set(['smallint', 'integer', 'bigint'])

/** The text that a dialect's shapes give a value, written by the database: the same as `shape.ts` makes of the graph's. */
export const formOf = ({ casing, decimals }: Dialect): Form => ({
  key: casing,
  value(type, column, sqlType) {
    if (isEnumType(type)) {
      if ([...enumWords(type)].every(([name, word]) => word === name.toLowerCase())) return `${column}::text`
      throw new Uncompilable(`the words of ${type.name}`)
    }
    if (type.name === 'ID' || type.name === 'BigInt') {
      if (sqlType && WHOLE.has(sqlType)) return column
      throw new Uncompilable(`${column} may be no number`)
    }
    return type.name === 'Decimal' && decimals === 'number' ? decimal(column) : GRAPH.value(type, column, sqlType)
  },
})
