import {
  type FieldNode,
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  parse,
  typeFromAST,
  valueFromAST,
  visit,
} from 'graphql'
import type { RestRoute } from '../core/rest.ts'
import type { Dialect } from './dialect.ts'
import { parameter } from './parameters.ts'
import { parseSelection } from './view.ts'

const uses = ({ directives = [] }: FieldNode, directive: string, variable: string): boolean =>
  directives.some(
    ({ name, arguments: given = [] }) =>
      name.value === directive &&
      given.some(({ value }) => value.kind === Kind.VARIABLE && value.name.value === variable),
  )

/** In words, what a variable does to the view. */
function effectOf(variable: string, view: string, dialect: Dialect): string {
  const found: Record<'include' | 'skip', string[]> = { include: [], skip: [] }
  visit(parseSelection(view), {
    Field: (node) => {
      const name = dialect.casing(node.alias?.value ?? node.name.value)
      for (const directive of ['include', 'skip'] as const)
        if (uses(node, directive, variable)) found[directive].push(name)
    },
  })
  const adds = found.include.length > 0 ? `When true, the answer has ${found.include.join(', ')}.` : ''
  const drops = found.skip.length > 0 ? `When true, the answer has no ${found.skip.join(', ')}.` : ''
  return [adds, drops].filter(Boolean).join(' ')
}

/** The variables that a view's directives need, each a query parameter under its own name. */
export function directiveVariables(route: RestRoute, schema: GraphQLSchema, dialect: Dialect) {
  if (!route.vars) return { nodes: [], parameters: [] }
  const [operation] = parse(`query (${route.vars}) { __typename }`, { noLocation: true }).definitions
  const nodes = operation?.kind === Kind.OPERATION_DEFINITION ? (operation.variableDefinitions ?? []) : []
  const parameters = nodes.map(({ variable, type, defaultValue }) => {
    const name = variable.name.value
    const input = typeFromAST(schema, type as never) as GraphQLInputType
    return parameter({
      name: dialect.casing(name),
      in: 'query',
      type: input,
      to: [name],
      dialect,
      description: effectOf(name, route.view ?? '', dialect),
      defaultValue: defaultValue && valueFromAST(defaultValue, input),
    })
  })
  return { nodes, parameters }
}
