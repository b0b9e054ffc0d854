import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'

const NESTED_PAGE = 5

/** The Prisma model behind a type, where there is one. */
export const modelOf = (type: GraphQLOutputType): string | undefined => {
  const named = getNamedType(type)
  return isObjectType(named) ? (named.extensions.pothosPrismaModel as string | undefined) : undefined
}

export const fieldsOf = (type: GraphQLOutputType): GraphQLField<unknown, unknown>[] => {
  const named = getNamedType(type)
  return isObjectType(named) ? Object.values(named.getFields()) : []
}

/** A list in pages: its type has `nodes`. */
export const isConnection = (type: GraphQLOutputType): boolean =>
  fieldsOf(type).some(({ name }) => name === 'nodes') && fieldsOf(type).some(({ name }) => name === 'pageInfo')

export const nodeOf = (type: GraphQLOutputType): GraphQLObjectType =>
  getNamedType(fieldsOf(type).find(({ name }) => name === 'nodes')!.type) as GraphQLObjectType

function connection(type: GraphQLOutputType, depth: number): string {
  const node = nodeOf(type)
  const parts = fieldsOf(type).map((field) => {
    if (field.name === 'nodes') return `nodes ${selectionOf(node, depth)}`
    if (field.name === 'edges') return `edges { cursor node ${selectionOf(node, 0)} }`
    return `${field.name} ${selectionOf(field.type, 0)}`
  })
  return `{ ${parts.join(' ')} }`
}

function part(field: GraphQLField<unknown, unknown>, depth: number): string | undefined {
  const type = getNamedType(field.type)
  if (field.args.some(isRequiredArgument)) throw new Error(`${field.name} needs an argument that nothing fills.`)
  if (isLeafType(type)) return field.name
  if (!isObjectType(type)) throw new Error(`${field.name}: nothing is known to select of ${type.name}.`)
  if (isConnection(type))
    return depth > 0 ? `${field.name}(first: ${NESTED_PAGE}) ${connection(type, depth - 1)}` : undefined
  if (modelOf(type)) return depth > 0 ? `${field.name} ${selectionOf(type, depth - 1)}` : undefined
  return `${field.name} ${selectionOf(type, depth)}`
}

/** Everything that can be read of a type: its values, what is embedded in it, and its relations down to a depth. */
export function selectionOf(type: GraphQLOutputType, depth: number): string {
  if (isLeafType(getNamedType(type))) return ''
  if (isConnection(type)) return connection(type, depth)
  const parts = fieldsOf(type)
    .map((field) => part(field, depth))
    .filter((text) => text !== undefined)
  return `{ __typename ${parts.join(' ')} }`
}

/** What a field asks for besides an id and an input. */
export const BESIDE: Record<string, string> = { tableRow: ', rowId: 1' }
