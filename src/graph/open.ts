import { type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql'

export type IsOpen = (operation: OperationDefinitionNode) => boolean

/** Whether a stranger may ask it: one field, which is public. With more than one, a request would be many attempts. */
export function createIsOpen(schema: GraphQLSchema): IsOpen {
  return ({ operation, selectionSet: { selections } }) => {
    const [only, ...more] = selections
    if (only?.kind !== Kind.FIELD || more.length > 0 || operation === 'subscription') return false
    const root = operation === 'mutation' ? schema.getMutationType() : schema.getQueryType()
    const scopes = root?.getFields()[only.name.value]?.extensions.authScopes as { public?: boolean } | undefined
    return scopes?.public === true
  }
}
