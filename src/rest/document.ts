import {
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLSchema,
  getNullableType,
  parse,
  print,
  type VariableDefinitionNode,
  validate,
} from 'graphql'
import type { RootField } from './endpoint.ts'

export type DocumentParts = {
  kind: 'query' | 'mutation'
  id: string
  field: RootField
  /** The arguments that the route fills. */
  used: ReadonlySet<string>
  selection: string
  variables: readonly VariableDefinitionNode[]
}

/** An argument with a default keeps it when its variable is left out, so the variable must be optional. */
const variableType = ({ type, defaultValue }: GraphQLArgument) =>
  defaultValue === undefined ? type : getNullableType(type)

/** The document that a route runs on the main schema; a wrong view fails here, at start. */
export function documentOf(schema: GraphQLSchema, parts: DocumentParts): DocumentNode {
  const { kind, id, field, used, selection, variables } = parts
  const args = field.args.filter(({ name }) => used.has(name))
  const declared = [...args.map((arg) => `$${arg.name}: ${variableType(arg)}`), ...variables.map((node) => print(node))]
  const head = declared.length > 0 ? `(${declared.join(', ')})` : ''
  const given = args.length > 0 ? `(${args.map(({ name }) => `${name}: $${name}`).join(', ')})` : ''
  const document = parse(`${kind} ${id}${head} { ${field.name}${given} ${selection} }`, { noLocation: true })
  const [mistake] = validate(schema, document)
  if (mistake) throw mistake
  return document
}
