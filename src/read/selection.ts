import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { Uncompilable } from './statement.ts'

export type Asked = {
  schema: GraphQLSchema
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
  variables: Record<string, unknown>
}

/** The fields of an object by the key they are answered under, in the order they were asked for. */
export type Selection = ReadonlyMap<string, readonly FieldNode[]>

/** The database cuts longer names off. */
const LONGEST_KEY = 63

export const fragmentsOf = (document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> =>
  new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )

function included(node: SelectionNode, variables: Record<string, unknown>): boolean {
  if (!node.directives?.length) return true
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.if === true) return false
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.if !== false
}

function applies({ schema }: Asked, type: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === type.name) return true
  if (isAbstractType(schema.getType(condition))) throw new Uncompilable(`the abstract type ${condition}`)
  return false
}

function gather(asked: Asked, type: GraphQLObjectType, set: SelectionSetNode, found: Map<string, FieldNode[]>): void {
  for (const node of set.selections) {
    if (!included(node, asked.variables)) continue
    if (node.kind === Kind.FIELD) {
      const key = node.alias?.value ?? node.name.value
      if (key.length > LONGEST_KEY) throw new Uncompilable(`the long key ${key}`)
      const before = found.get(key)
      if (before) before.push(node)
      else found.set(key, [node])
      continue
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? asked.fragments.get(node.name.value)! : node
    if (applies(asked, type, fragment.typeCondition?.name.value)) gather(asked, type, fragment.selectionSet, found)
  }
}

/** What is selected of an object by all the nodes that ask for it under one key. */
export function selected(
  asked: Asked,
  type: GraphQLObjectType,
  nodes: readonly { selectionSet?: SelectionSetNode | undefined }[],
): Selection {
  const found = new Map<string, FieldNode[]>()
  for (const { selectionSet } of nodes) if (selectionSet) gather(asked, type, selectionSet, found)
  return found
}
