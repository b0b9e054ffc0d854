import {
  type GraphQLInputType,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isScalarType,
} from 'graphql'
import { isRequired } from '../rest/body.ts'
import type { Endpoint } from '../rest/endpoint.ts'
import { type JsonSchema, leafSchema } from '../rest/json-schema.ts'
import type { Parameter } from '../rest/parameters.ts'
import type { Slot } from '../rest/reading.ts'

export type Kind = 'line' | 'text' | 'number' | 'choice' | 'date' | 'secret' | 'json' | 'file'

/** One field of a form, whatever it fills: a parameter of an address, or a key of a body. */
export type Control = {
  name: string
  kind: Kind
  required: boolean
  choices: readonly string[]
  /** Offered, while anything may be typed. */
  suggestions: readonly string[]
  description: string | undefined
  /** What a value looks like, where that is not plain. */
  form: string | undefined
}

const BOOLEAN = ['true', 'false']
const LONG = /(^|_)(notes|description|body|content|text|message|reason)$/i
const SECRET = /(^|_)(password|passphrase|secret|token|private_?key)$/i
const FORMS: Record<string, string> = {
  'date-time': 'A moment in UTC, like 2026-05-23T11:42:00Z.',
  json: 'JSON.',
  list: 'A JSON list, like [1, 2].',
}

const snaked = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function kindOf(name: string, { type, format, enum: words }: JsonSchema): Kind {
  if (words || type === 'boolean') return 'choice'
  if (type === 'object' || type === 'array') return 'json'
  if (type === 'integer' || type === 'number' || format === 'decimal') return 'number'
  if (format === 'date') return 'date'
  if (format === 'byte' || LONG.test(snaked(name))) return 'text'
  return SECRET.test(snaked(name)) ? 'secret' : 'line'
}

const choicesOf = ({ enum: words, type }: JsonSchema): readonly string[] =>
  words?.map(String) ?? (type === 'boolean' ? BOOLEAN : [])

export function controlOf(name: string, schema: JsonSchema): Control {
  const kind = kindOf(name, schema)
  const form = kind === 'json' ? (schema.type === 'array' ? 'list' : 'json') : schema.format
  return {
    ...{ name, kind, required: false, choices: choicesOf(schema), suggestions: [] },
    description: schema.description,
    form: form && FORMS[form],
  }
}

/** What is offered need not be told. */
const withoutList = (description: string | undefined) => description?.replace(/: [^:]*$/, '.')

/** Several values in an address are written with commas between them. */
function parameterControl({ name, schema, description, suggestions = [], required }: Parameter): Control {
  const several = schema.type === 'array'
  const control = controlOf(name, several ? { ...schema.items, type: 'string' } : schema)
  const shown = several ? { ...control, kind: 'line' as const, suggestions: control.choices } : control
  if (suggestions.length === 0) return { ...shown, required, description }
  const offered = suggestions.flatMap((each) => [each, `-${each}`])
  return { ...shown, required, description: withoutList(description), suggestions: offered }
}

const PAGING = new Set(['page', 'cursor'])

/** Two parameters may mean the same: the first is shown, the other where it was given. */
export function filterControls({ parameters }: Endpoint, given: URLSearchParams): Control[] {
  const inQuery = parameters.filter((each) => each.in === 'query' && !each.open && !PAGING.has(each.name))
  const isFirst = ({ fills }: Parameter, i: number) => inQuery.findIndex((each) => each.fills === fills) === i
  return inQuery.filter((each, i) => isFirst(each, i) || given.has(each.name)).map(parameterControl)
}

function schemaOf(type: GraphQLInputType, endpoint: Endpoint): JsonSchema {
  if (isNonNullType(type)) return schemaOf(type.ofType, endpoint)
  if (isListType(type)) return { type: 'array' }
  if (isInputObjectType(type) || !isLeafType(type)) return { type: 'object' }
  return leafSchema(type, endpoint.dialect)
}

const isBytes = (type: GraphQLInputType): boolean => {
  const inner = getNullableType(type)
  return isScalarType(inner) && inner.name === 'Bytes'
}

export type Field = Control & { slot: Slot }

/** The keys of a body, in the order of the input. */
export function bodyFields(endpoint: Endpoint): Field[] {
  const { body, dialect, route } = endpoint
  return (body?.slots ?? []).map((slot) => {
    const name = dialect.casing(slot.name)
    const control = controlOf(name, schemaOf(slot.type, endpoint))
    const required = isRequired(slot) || body!.require.includes(name)
    const isFile = route.multipart === true && isBytes(slot.type)
    return {
      ...{ ...control, slot, required, description: slot.description ?? undefined },
      ...(isFile && { kind: 'file' as const }),
    }
  })
}
