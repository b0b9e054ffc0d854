import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
} from 'graphql'
import { MISSING, modelOfId } from './rows.ts'

/** One value of an argument that names another organization's row or words, beside one that names nothing at all. */
export type Variant = { argument: string; theirs: unknown; nobodys: unknown }

export type Theirs = {
  /** The id of one of their rows. */
  id(model: string): number
  /** What their rows say in a field, and words that only they use. */
  words(field: string): readonly string[]
  /** Where their rows stand in this list. */
  cursors: readonly string[]
}

const NOBODYS_WORD = 'nosuchword'

/** Values that belong to nobody: they narrow the asker's own rows. */
const PLAIN: Record<string, readonly unknown[]> = {
  Int: [0, 50],
  Float: [0, 50.5],
  Decimal: ['0', '500.00'],
  Date: ['2000-01-01', '2026-05-20'],
  DateTime: ['2000-01-01T00:00:00Z', '2026-05-20T00:00:00Z'],
  Boolean: [true, false],
}

type Operator = { name: string; type: GraphQLInputField['type'] }

function plainValues(operator: Operator): readonly unknown[] {
  const type = getNamedType(operator.type)
  const values = isEnumType(type) ? type.getValues().map(({ name }) => name) : PLAIN[type.name]
  if (!values) throw new Error(`Nothing is known to compare with by ${operator.name} (${String(operator.type)}).`)
  return values
}

type Pair = { theirs: unknown; nobodys: unknown }

function pairsFor(operator: Operator, field: string, model: string, theirs: Theirs): Pair[] {
  const kind = getNamedType(operator.type).name
  if (kind === 'ID') return [{ theirs: theirs.id(field === 'id' ? model : modelOfId(field)), nobodys: MISSING }]
  if (kind === 'String') return theirs.words(field).map((word) => ({ theirs: word, nobodys: NOBODYS_WORD }))
  return plainValues(operator).map((value) => ({ theirs: value, nobodys: value }))
}

const listed = (operator: Operator, value: unknown): unknown =>
  String(operator.type).startsWith('[') ? [value] : value

function comparisons(field: GraphQLInputField, model: string, theirs: Theirs): Pair[] {
  const comparison = getNamedType(field.type) as GraphQLInputObjectType
  return Object.values(comparison.getFields()).flatMap((operator) =>
    pairsFor(operator, field.name, model, theirs).map((pair) => ({
      theirs: { [field.name]: { [operator.name]: listed(operator, pair.theirs) } },
      nobodys: { [field.name]: { [operator.name]: listed(operator, pair.nobodys) } },
    })),
  )
}

const joined = ({ theirs, nobodys }: Pair): Pair[] => [
  { theirs: { or: [{ and: [theirs] }, theirs] }, nobodys: { or: [{ and: [nobodys] }, nobodys] } },
  { theirs: { not: theirs }, nobodys: { not: nobodys } },
]

function filters(type: GraphQLInputObjectType, model: string, theirs: Theirs): Pair[] {
  const fields = Object.values(type.getFields()).filter(({ name }) => !['and', 'or', 'not'].includes(name))
  const each = fields.flatMap((field) => comparisons(field, model, theirs))
  return [...each, ...each.slice(0, 4).flatMap(joined)]
}

function orders(type: GraphQLInputObjectType): Pair[] {
  const field = getNamedType(type.getFields().field!.type)
  if (!isEnumType(field)) throw new Error(`${type.name} orders by nothing known.`)
  return field.getValues().flatMap(({ name }) =>
    ['ASC', 'DESC'].map((direction) => {
      const value = [{ field: name, direction }]
      return { theirs: value, nobodys: value }
    }),
  )
}

function pairsOf(argument: GraphQLArgument, model: string, theirs: Theirs): Pair[] {
  const { name } = argument
  const type = getNamedType(argument.type)
  if (name === 'first' || name === 'offset') return [0, 1, 3].map((value) => ({ theirs: value, nobodys: value }))
  if (name === 'after') return theirs.cursors.map((cursor) => ({ theirs: cursor, nobodys: cursor }))
  if (name === 'filter') return filters(type as GraphQLInputObjectType, model, theirs)
  if (name === 'orderBy') return orders(type as GraphQLInputObjectType)
  if (isInputObjectType(type)) throw new Error(`Nothing is known to fill the argument ${name} (${type.name}) with.`)
  return pairsFor(argument, name, model, theirs)
}

/** Every argument of a field, by every way to point it at somebody else's rows; an unknown one is an error. */
export const variantsOf = (field: GraphQLField<unknown, unknown>, model: string, theirs: Theirs): Variant[] =>
  field.args.flatMap((argument) =>
    pairsOf(argument, model, theirs).map((pair) => ({ argument: argument.name, ...pair })),
  )

type Chunk = { text: string; declared: string; theirs: Record<string, unknown>; nobodys: Record<string, unknown> }

/** The field once per variant, under aliases, with the values in variables. */
export function aliased(field: GraphQLField<unknown, unknown>, variants: readonly Variant[], selection: string): Chunk {
  const typeOf = (name: string) => String(field.args.find((argument) => argument.name === name)!.type)
  const page = field.args.some(({ name }) => name === 'first')
  const calls = variants.map(({ argument }, i) => {
    const first = page && argument !== 'first' ? 'first: 200, ' : ''
    return `v${i}: ${field.name}(${first}${argument}: $v${i}) ${selection}`
  })
  return {
    text: calls.join('\n'),
    declared: variants.map(({ argument }, i) => `$v${i}: ${typeOf(argument)}`).join(', '),
    theirs: Object.fromEntries(variants.map((variant, i) => [`v${i}`, variant.theirs])),
    nobodys: Object.fromEntries(variants.map((variant, i) => [`v${i}`, variant.nobodys])),
  }
}
