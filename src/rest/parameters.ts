import { GraphQLBoolean, GraphQLFloat, type GraphQLInputType, GraphQLInt, isListType, isNonNullType } from 'graphql'
import type { Dialect } from './dialect.ts'
import { type JsonSchema, parameterSchema } from './json-schema.ts'
import type { Problems } from './problems.ts'
import { REQUIRED, readerOf } from './reading.ts'

export type Variables = Record<string, unknown>

/** One path or query parameter: how it is documented, and where its value goes. */
export type Parameter = {
  name: string
  in: 'path' | 'query'
  required: boolean
  schema: JsonSchema
  description: string | undefined
  /** The variable it fills, `filter.status.eq`: what a resolver calls it in its refusals. */
  fills: string
  /** The values worth offering where the schema lists none. */
  suggestions?: readonly string[]
  /** Takes every parameter that is not declared: what it reads is the JSON of their names and values. */
  open?: true
  /** Reads the text and puts the value into the variables. */
  apply(text: string, variables: Variables, problems: Problems): void
}

const TRUE = new Set(['true', 'True', '1'])
const FALSE = new Set(['false', 'False', '0'])

export function fromText(text: string, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return fromText(text, type.ofType)
  if (isListType(type)) return text.split(',').map((each) => fromText(each, type.ofType))
  if (type === GraphQLInt || type === GraphQLFloat) return text.trim() === '' ? text : Number(text)
  if (type === GraphQLBoolean) return TRUE.has(text) || (FALSE.has(text) ? false : text)
  return text
}

/** Puts a value at a path in the variables, `['filter', 'status', 'eq']`. */
function put(variables: Variables, path: readonly string[], value: unknown): void {
  let target = variables
  for (const step of path.slice(0, -1)) {
    target[step] ??= {}
    target = target[step] as Variables
  }
  target[path.at(-1) as string] = value
}

export type ParameterSource = {
  name: string
  in: 'path' | 'query'
  type: GraphQLInputType
  to: readonly string[]
  dialect: Dialect
  description?: string | null | undefined
  defaultValue?: unknown
  /** Bounds and formats that the type cannot say. */
  refined?: JsonSchema | undefined
}

export function parameter(source: ParameterSource): Parameter {
  const { name, type, to, dialect, defaultValue } = source
  const read = readerOf(type, dialect)
  const schema = { ...parameterSchema(type, dialect), ...source.refined }
  return {
    name,
    fills: to.join('.'),
    in: source.in,
    required: source.in === 'path' || (isNonNullType(type) && defaultValue === undefined),
    schema: defaultValue === undefined || defaultValue === null ? schema : { ...schema, default: defaultValue },
    description: source.description ?? undefined,
    apply: (text, variables, problems) => put(variables, to, read(fromText(text, type), name, problems)),
  }
}

/** Applies every parameter that was given, and says which required ones were not. */
export function applyParameters(
  parameters: readonly Parameter[],
  given: Record<string, string | undefined>,
  variables: Variables,
  problems: Problems,
): void {
  for (const { name, required, apply } of parameters) {
    const text = given[name]
    if (text !== undefined) apply(text, variables, problems)
    else if (required) problems.add(name, REQUIRED)
  }
}
