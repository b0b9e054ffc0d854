import { type GraphQLOutputType, isEnumType, isLeafType, isListType, isNonNullType } from 'graphql'
import type { Dialect } from './dialect.ts'
import { enumWords } from './json-schema.ts'
import type { View } from './view.ts'

/** Prints its text as it is: a number keeps every digit. */
const rawJson = (JSON as JSON & { rawJSON(text: string): unknown }).rawJSON

/** Turns one value of a GraphQL answer into its REST form. */
export type Shape = (value: unknown) => unknown

const WHOLE = /^-?(0|[1-9]\d*)$/
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/

const asInteger: Shape = (value) => {
  if (typeof value !== 'string' || !WHOLE.test(value)) return value
  return value.length < 16 ? Number(value) : rawJson(value)
}

const asDecimal: Shape = (value) => (typeof value === 'string' && DECIMAL.test(value) ? rawJson(value) : value)

function leafShape(type: GraphQLOutputType, dialect: Dialect): Shape | undefined {
  if (isEnumType(type)) {
    const words = enumWords(type)
    return (value) => words.get(value as string) ?? value
  }
  if (!isLeafType(type)) return undefined
  if (type.name === 'ID' || type.name === 'BigInt') return asInteger
  return type.name === 'Decimal' && dialect.decimals === 'number' ? asDecimal : undefined
}

function objectShape(view: View, dialect: Dialect): Shape {
  const keys = view.map(({ from, to, type, view, omitNull }) => ({
    ...{ from, to, omitNull },
    shape: shapeOf(type, view, dialect),
  }))
  return (value) => {
    const shaped: Record<string, unknown> = {}
    for (const { from, to, shape, omitNull } of keys) {
      const inner = (value as Record<string, unknown>)[from]
      if (inner === undefined || (inner === null && omitNull)) continue
      shaped[to] = inner === null || !shape ? inner : shape(inner)
    }
    return shaped
  }
}

/** The compiled shape of a type under a view; undefined where the value stays as it is. */
export function shapeOf(type: GraphQLOutputType, view: View | undefined, dialect: Dialect): Shape | undefined {
  if (isNonNullType(type)) return shapeOf(type.ofType, view, dialect)
  if (isListType(type)) {
    const item = shapeOf(type.ofType, view, dialect)
    return item && ((value) => (value as unknown[]).map((each) => (each === null ? null : item(each))))
  }
  return view ? objectShape(view, dialect) : leafShape(type, dialect)
}
