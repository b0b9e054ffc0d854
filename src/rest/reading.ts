import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { Dialect } from './dialect.ts'
import type { Problems } from './problems.ts'
import { leafReader } from './scalar-reading.ts'

/** Reads a JSON value as an input of the graph; notes what is wrong under `at`, the field's REST name. */
export type Reader = (value: unknown, at: string, problems: Problems) => unknown

export type Slot = { name: string; type: GraphQLInputType; defaultValue?: unknown }

export const REQUIRED = 'This field is required.'
const NOT_NULL = 'This field may not be null.'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value)

const below = (at: string, key: string | number) => (at === '' ? String(key) : `${at}.${key}`)

function nullableReader(type: GraphQLInputType, dialect: Dialect, seen: Seen): Reader {
  if (isListType(type)) return listReader(type.ofType, dialect, seen)
  if (isInputObjectType(type)) return inputReader(type, dialect, seen)
  if (isNonNullType(type)) return valueReader(type, dialect, seen)
  const read = leafReader(type)
  return (value, at, problems) => {
    const leaf = read(value)
    return 'wrong' in leaf ? problems.add(at, leaf.wrong) : leaf.value
  }
}

function listReader(type: GraphQLInputType, dialect: Dialect, seen: Seen): Reader {
  const item = valueReader(type, dialect, seen)
  return (value, at, problems) => {
    if (!Array.isArray(value)) return problems.add(at, 'Must be a list.')
    return value.map((each, index) => item(each, below(at, index), problems))
  }
}

type Seen = Map<GraphQLInputObjectType, Reader>

/** Input types may name themselves: the reader of one is made once and looked up late. */
function inputReader(type: GraphQLInputObjectType, dialect: Dialect, seen: Seen): Reader {
  const known = seen.get(type)
  if (known) return known
  let made: Reader | undefined
  const late: Reader = (value, at, problems) => {
    made ??= objectReader(Object.values(type.getFields()), dialect, seen)
    return made(value, at, problems)
  }
  seen.set(type, late)
  return late
}

function valueReader(type: GraphQLInputType, dialect: Dialect, seen: Seen): Reader {
  const required = isNonNullType(type)
  const read = nullableReader(required ? type.ofType : type, dialect, seen)
  return (value, at, problems) => {
    if (value === null) return required ? problems.add(at, NOT_NULL) : null
    return read(value, at, problems)
  }
}

export const readerOf = (type: GraphQLInputType, dialect: Dialect): Reader => valueReader(type, dialect, new Map())

/** Reads a JSON object whose keys are the dialect's spelling of the slots. */
export function objectReader(slots: readonly Slot[], dialect: Dialect, seen: Seen = new Map()): Reader {
  const keys = new Map(
    slots.map(({ name, type, defaultValue }) => [
      dialect.casing(name),
      { name, read: valueReader(type, dialect, seen), required: isNonNullType(type) && defaultValue === undefined },
    ]),
  )
  const valid = [...keys.keys()].join(', ')
  return (value, at, problems) => {
    if (!isObject(value)) return problems.add(at || 'body', 'Must be a JSON object.')
    const input: Record<string, unknown> = {}
    for (const [key, { name, read, required }] of keys) {
      const given = Object.hasOwn(value, key) ? value[key] : undefined
      if (given !== undefined) input[name] = read(given, below(at, key), problems)
      else if (required) problems.add(below(at, key), REQUIRED)
    }
    if (dialect.unknownKeys === 'refuse')
      for (const key of Object.keys(value))
        if (!keys.has(key)) problems.add(below(at, key), `Unknown field; the valid ones are ${valid || 'none'}.`)
    return input
  }
}
