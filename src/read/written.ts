import { type GraphQLOutputType, getNamedType, getNullableType, isLeafType, isListType } from 'graphql'
import type { Form } from './form.ts'
import { Uncompilable } from './statement.ts'

const LISTS = new Set(['String', 'Int', 'Boolean'])

/** A value as the answer's form writes it. */
export function written(form: Form, type: GraphQLOutputType, column: string, sqlType?: string): string {
  const named = getNamedType(type)
  if (!isLeafType(named)) throw new Uncompilable(`the type ${named.name}`)
  if (!isListType(getNullableType(type))) return form.value(named, column, sqlType)
  if (LISTS.has(named.name)) return column
  throw new Uncompilable(`a list of ${named.name}`)
}
