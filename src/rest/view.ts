import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import type { Casing } from '../core/casing.ts'

/** One key of a REST object and the GraphQL field that fills it. */
export type ViewField = {
  /** The key in the GraphQL answer. */
  from: string
  /** The key in the REST answer. */
  to: string
  field: GraphQLField<unknown, unknown>
  type: GraphQLOutputType
  /** Behind `@include` or `@skip`, or left out when null: the key may be absent. */
  optional: boolean
  omitNull?: boolean
  view: View | undefined
}

export type View = readonly ViewField[]

export function parseSelection(view: string): SelectionSetNode {
  const [operation] = parse(`{ ${view} }`, { noLocation: true }).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`Not a selection: ${view}`)
  return operation.selectionSet
}

function viewField(parent: GraphQLNamedType, node: FieldNode, casing: Casing): ViewField {
  const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined
  if (!field) throw new Error(`${parent.name} has no field ${node.name.value}.`)
  const from = node.alias?.value ?? node.name.value
  return {
    from,
    to: casing(from),
    field,
    type: field.type,
    optional: (node.directives?.length ?? 0) > 0,
    view: node.selectionSet && readView(namedType(field.type), node.selectionSet, casing),
  }
}

export const namedType = (type: GraphQLOutputType): GraphQLNamedType =>
  'ofType' in type ? namedType(type.ofType) : type

export const readView = (type: GraphQLNamedType, selection: SelectionSetNode, casing: Casing): View =>
  selection.selections.map((node) => {
    if (node.kind !== Kind.FIELD) throw new Error(`A REST view of ${type.name} cannot hold fragments.`)
    return viewField(type, node, casing)
  })

/** The view in which some keys are absent rather than null. */
export function withoutNulls(view: View, keys: readonly string[]): View {
  const unknown = keys.find((key) => !view.some(({ from }) => from === key))
  if (unknown) throw new Error(`the view has no ${unknown} to leave out`)
  return view.map((each) => (keys.includes(each.from) ? { ...each, optional: true, omitNull: true } : each))
}
