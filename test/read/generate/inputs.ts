import {
  type GraphQLInputField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { Choices } from './choices.ts'
import type { Samples } from './samples.ts'

/** What a value is compared with: a field of a type. */
export type About = { type: string; field: string }

export type Inputs = { choices: Choices; samples: Samples }

const NESTED = new Set(['and', 'or', 'not'])
const TEXTUAL = new Set(['contains', 'startsWith', 'search'])

const isComparison = (type: GraphQLInputType): boolean => getNamedType(type).name.endsWith('Comparison')

/** The fields of an input object that are given, few of them. */
export function given({ choices }: Inputs, type: GraphQLInputType, depth: number): GraphQLInputField[] {
  const named = getNamedType(type)
  if (!isInputObjectType(named)) throw new Error(`${named.name} has no fields.`)
  const fields = Object.values(named.getFields())
  const required = fields.filter((field) => isNonNullType(field.type))
  const optional = fields.filter((field) => !isNonNullType(field.type) && (depth < 2 || !NESTED.has(field.name)))
  if (required.length) return [...required, ...optional.filter(() => choices.chance(70))]
  return choices.some(optional, choices.chance(30) ? 3 : 1)
}

/** Whose values the field of an input object is compared with. */
export const aboutField = (type: GraphQLInputType, name: string, about: About): About =>
  isComparison(type) || NESTED.has(name) ? about : { ...about, field: name }

const piece = (choices: Choices, text: string): string => {
  const letters = [...text]
  const from = choices.below(Math.max(1, letters.length))
  return letters.slice(from, from + 1 + choices.below(6)).join('')
}

function leaf({ choices, samples }: Inputs, type: GraphQLInputType, name: string, about: About): unknown {
  const named = getNamedType(type)
  if (isEnumType(named)) return choices.of(named.getValues().map((value) => value.name))
  if (named.name === 'Boolean') return choices.chance(50)
  const known = choices.chance(15) ? samples.of('', '', named.name) : samples.of(about.type, about.field, named.name)
  const value = choices.of(known)
  return TEXTUAL.has(name) ? piece(choices, String(value)) : value
}

/** A value for a place as JSON. */
export function jsonFor(inputs: Inputs, type: GraphQLInputType, name: string, about: About, depth = 0): unknown {
  const { choices } = inputs
  if (!isNonNullType(type) && choices.chance(3)) return null
  const bare = getNullableType(type)
  if (isListType(bare)) {
    const one = () => jsonFor(inputs, bare.ofType, name, about, depth + 1)
    if (choices.chance(10)) return one()
    return Array.from({ length: name === 'orderBy' ? 1 + choices.below(2) : choices.below(4) }, one)
  }
  if (!isInputObjectType(bare)) return leaf(inputs, type, name, about)
  const entries = given(inputs, bare, depth).map((field) => [
    field.name,
    jsonFor(inputs, field.type, field.name, aboutField(bare, field.name, about), depth + 1),
  ])
  return Object.fromEntries(entries)
}

/** JSON as a document writes it. */
export function literal(type: GraphQLInputType, value: unknown): string {
  const bare = getNullableType(type)
  if (value === null || value === undefined) return 'null'
  if (isListType(bare)) {
    if (!Array.isArray(value)) return literal(bare.ofType, value)
    return `[${value.map((each) => literal(bare.ofType, each)).join(', ')}]`
  }
  if (isEnumType(bare)) return String(value)
  if (!isInputObjectType(bare)) return JSON.stringify(value)
  const fields = bare.getFields()
  return `{${Object.entries(value as object)
    .map(([name, each]) => `${name}: ${literal(fields[name]!.type, each)}`)
    .join(', ')}}`
}
