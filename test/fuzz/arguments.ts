import fc from 'fast-check'
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { json, text } from './hostile.ts'

const DECENT: Record<string, fc.Arbitrary<unknown>> = {
  Int: fc.integer({ min: -5, max: 200 }),
  Float: fc.double({ noNaN: true, noDefaultInfinity: true }),
  Boolean: fc.boolean(),
  ID: fc.constantFrom('1', '2', 3, '2000000000'),
  String: text.map((value) => value.toWellFormed().replaceAll('\0', '')),
  Decimal: fc.constantFrom('1', '-2.50', '999999999999.99', '0', 1.5, '999999999999999999.999999'),
  DateTime: fc.constantFrom(
    '2026-05-23T11:42:00Z',
    '0001-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999+14:00',
  ),
  Date: fc.constantFrom('2026-05-23', '0001-01-01', '0000-12-31', '9999-12-31', '2024-02-29'),
  Value: fc.json({ maxDepth: 3 }).map((written) => JSON.parse(written)),
  JSON: fc.json({ maxDepth: 3 }).map((written) => JSON.parse(written)),
  BigInt: fc.constantFrom('1', '-1', '999999999999999999', 7),
  Bytes: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
}

/** JSON of the type that is wanted, with something else here and there. */
function argumentOf(type: GraphQLInputType, depth = 0): fc.Arbitrary<string> {
  const right = rightOf(isNonNullType(type) ? type.ofType : type, depth)
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: json })
}

function rightOf(type: GraphQLInputType, depth: number): fc.Arbitrary<string> {
  if (isNonNullType(type)) return rightOf(type.ofType, depth)
  if (isListType(type))
    return fc.array(argumentOf(type.ofType, depth + 1), { maxLength: 3 }).map((all) => `[${all.join(',')}]`)
  if (isEnumType(type)) return fc.constantFrom(...type.getValues().map(({ name }) => JSON.stringify(name)))
  if (!isInputObjectType(type)) return (DECENT[getNamedType(type).name] ?? text).map((value) => JSON.stringify(value))
  if (depth > 4) return fc.constant('{}')
  const entries = Object.values(type.getFields()).map((field) => {
    const entry = argumentOf(field.type, depth + 1).map((value) => `${JSON.stringify(field.name)}:${value}`)
    return isNonNullType(field.type)
      ? entry
      : fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: entry })
  })
  return fc.tuple(...entries).map((all) => `{${all.filter(Boolean).join(',')}}`)
}

export type Root = GraphQLField<unknown, unknown>

export function documentOf(kind: string, field: Root): string {
  const declared = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ')
  const passed = field.args.map(({ name }) => `${name}: $${name}`).join(', ')
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }'
  return `${kind}${declared && ` (${declared})`} { ${field.name}${passed && `(${passed})`}${selection} }`
}

export const variablesOf = (args: readonly GraphQLArgument[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...args.map(({ name, type }) => {
        const given = argumentOf(type).map((value) => `${JSON.stringify(name)}:${value}`)
        return fc.oneof(
          { weight: isNonNullType(type) ? 1 : 3, arbitrary: fc.constant('') },
          { weight: 6, arbitrary: given },
        )
      }),
    )
    .map((all) => `{${all.filter(Boolean).join(',')}}`)
