import {
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type GraphQLField,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  isNonNullType,
  isObjectType,
  Kind,
  locatedError,
  type OperationDefinitionNode,
  execute as run,
} from 'graphql'
import type { Context } from '../core/context.ts'
import type { Wish } from '../db/announce.ts'
import { fragmentsOf } from '../read/selection.ts'
import type { WishFor } from '../read/wish.ts'
import { Answered } from './answered.ts'

/** Undefined where the ordinary executor has to answer: then nothing has happened yet. */
export type Change = (
  document: DocumentNode,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
  ctx: Context,
) => Promise<ExecutionResult | undefined>

type Field = GraphQLField<unknown, unknown>
/** The one field of a change, and what its resolver is told besides the caller's values. */
type One = { node: FieldNode; field: Field; key: string; info: Omit<GraphQLResolveInfo, 'variableValues'> }

function oneOf(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): One | undefined {
  const [node, ...others] = operation.selectionSet.selections
  if (node?.kind !== Kind.FIELD || others.length > 0 || node.directives?.length) return undefined
  const parentType = schema.getMutationType()!
  const field = parentType.getFields()[node.name.value]
  if (!field?.resolve || !isObjectType(getNamedType(field.type))) return undefined
  const key = node.alias?.value ?? node.name.value
  const info = {
    ...{ fieldName: field.name, fieldNodes: [node], returnType: field.type, parentType, schema, operation },
    ...{ path: { prev: undefined, key, typename: parentType.name }, rootValue: undefined },
    fragments: Object.fromEntries(fragmentsOf(document)),
  }
  return { node, field, key, info }
}

/** The same schema, whose changes have been made: what they left is the root value. */
function afterwards(schema: GraphQLSchema): GraphQLSchema {
  const before = schema.getMutationType()!
  const { types, ...rest } = schema.toConfig()
  const { fields, ...mutation } = before.toConfig()
  const made = Object.entries(fields).map(([name, field]) => [
    name,
    {
      ...field,
      resolve: (root: Record<string, unknown>, _args: unknown, _ctx: unknown, info: GraphQLResolveInfo) =>
        root[info.path.key],
    },
  ])
  const type = new GraphQLObjectType({ ...mutation, fields: Object.fromEntries(made) })
  return new GraphQLSchema({
    ...{ ...rest, mutation: type, assumeValid: true },
    types: types.filter((each) => each !== before),
  })
}

function argumentsOf(
  schema: GraphQLSchema,
  { field, node }: One,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
) {
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: 1 })
  try {
    return coerced && { variableValues: coerced, args: getArgumentValues(field, node, coerced) }
  } catch {
    return undefined
  }
}

function refused(error: unknown, { field, node, key }: One): ExecutionResult {
  const errors = [locatedError(error, [node], [key])]
  return { data: isNonNullType(field.type) ? null : { [key]: null }, errors }
}

/** Whoever brings a wish asks for the id alone, and has the rest. */
function shown({ key }: One, { id, json }: NonNullable<Wish['shown']>, ctx: Context): ExecutionResult {
  return ctx.wish ? { data: { [key]: { id: String(id) } } } : new Answered(`{${JSON.stringify(key)}:${json}}`)
}

/**
 * A change of one row: its resolver is called as the executor would, and the statement that makes the change shows the row
 * as it is selected. Where several statements make it, the executor completes what the resolver left.
 */
export function createChange(schema: GraphQLSchema, wishFor: WishFor): Change {
  const known = new WeakMap<OperationDefinitionNode, { one: One | undefined }>()
  let made: GraphQLSchema | undefined
  return async (document, operation, given, ctx) => {
    let found = known.get(operation)
    if (!found) {
      found = { one: oneOf(schema, document, operation) }
      known.set(operation, found)
    }
    const { one } = found
    const asked = one && argumentsOf(schema, one, operation, given)
    if (!asked) return undefined
    const wish = ctx.wish ?? wishFor(document, ctx, operation)
    // What a resolver has read beforehand is found again by its context.
    const contextValue = { ...ctx, wish }
    const info = { ...one.info, variableValues: asked.variableValues }
    let row: unknown
    try {
      row = await one.field.resolve!(undefined, asked.args, contextValue, info)
    } catch (error) {
      return refused(error, one)
    }
    if (wish.shown && (row as { id?: unknown } | null)?.id === wish.shown.id) return shown(one, wish.shown, ctx)
    made ??= afterwards(schema)
    return run({
      ...{ schema: made, document, rootValue: { [one.key]: row }, contextValue },
      ...{ variableValues: given, operationName: operation.name?.value },
    })
  }
}
