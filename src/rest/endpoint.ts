import { type DocumentNode, type GraphQLField, type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql'
import { pascal } from '../core/casing.ts'
import type { RestAnnotation, RestMethod, RestRoute } from '../core/rest.ts'
import { sourcesOf } from './arguments.ts'
import type { Body } from './body.ts'
import type { Dialect } from './dialect.ts'
import { DIALECTS } from './dialects/all.ts'
import { directiveVariables } from './directive-variables.ts'
import { documentOf } from './document.ts'
import type { List } from './list.ts'
import type { Parameter, Variables } from './parameters.ts'
import { type Shape, shapeOf } from './shape.ts'
import { namedType, parseSelection, readView, type View, withoutNulls } from './view.ts'

export type RootField = GraphQLField<unknown, unknown>

/** A route compiled: everything that can be known before a request comes. */
export type Endpoint = {
  id: string
  route: RestRoute
  dialect: Dialect
  method: RestMethod
  path: string
  status: number
  field: RootField
  document: DocumentNode
  view: View | undefined
  parameters: readonly Parameter[]
  body: Body | undefined
  list: List | undefined
  fixed: Variables
  /** The REST form of the field's value, or of each node of a list. */
  shape: Shape | undefined
}

const RAW_VIEW = 'name mimeType content'

const selectionIn = ({ raw, view }: RestRoute): string | undefined => (raw ? RAW_VIEW : view)

/** An answer without a body still has to select something of an object. */
const leastOf = (field: RootField): string | undefined => {
  const type = namedType(field.type)
  if (!isObjectType(type)) return undefined
  return type.getFields().id ? 'id' : '__typename'
}

const selectionOf = (view: string | undefined, list: List | undefined): string => {
  if (view === undefined) return ''
  return list ? `{ nodes { ${view} } ${list.selection} }` : `{ ${view} }`
}

type Shown = { view: View | undefined; shape: Shape | undefined }

/** What the route shows, and how it becomes REST. */
function shownBy(route: RestRoute, list: List | undefined, field: RootField, dialect: Dialect): Shown {
  const selection = selectionIn(route)
  const target = list ? list.node : namedType(field.type)
  const whole = selection === undefined ? undefined : readView(target, parseSelection(selection), dialect.casing)
  const view = whole && withoutNulls(whole, route.omitNull ?? [])
  return { view, shape: shapeOf(list ? (list.node as GraphQLObjectType) : field.type, view, dialect) }
}

const commonTo = ({ organizationParameter }: Dialect): Parameter[] =>
  organizationParameter ? [organizationParameter] : []

type Place = { schema: GraphQLSchema; kind: 'query' | 'mutation'; id: string; field: RootField }

function compile({ schema, kind, id, field }: Place, route: RestRoute): Endpoint {
  const dialect = DIALECTS[route.dialect]
  const { method, path, list, body, fixed, parameters, used } = sourcesOf(field, route, dialect)
  const directives = directiveVariables(route, schema, dialect)
  const shown = selectionIn(route)
  const selected = route.status === 204 ? (shown ?? leastOf(field)) : shown
  const selection = selectionOf(selected, list)
  const document = documentOf(schema, { kind, id, field, used, selection, variables: directives.nodes })
  return {
    ...{ id, route, dialect, method, path, field, document, body, list, fixed },
    ...shownBy(route, list, field, dialect),
    status: route.status ?? 200,
    parameters: [...parameters, ...directives.parameters, ...commonTo(dialect)],
  }
}

const routesOf = (field: RootField): readonly RestRoute[] => {
  const annotation = field.extensions.rest as RestAnnotation | undefined
  if (!annotation) return []
  return Array.isArray(annotation) ? annotation : [annotation as RestRoute]
}

const operationId = (field: RootField, route: RestRoute, routes: readonly RestRoute[]) => {
  const method = route.route.split(' ')[0] as string
  const twins = routes.filter(({ dialect }) => dialect === route.dialect)
  const index = twins.filter(({ route: other }) => other.startsWith(`${method} `)).indexOf(route)
  return twins.length === 1 ? field.name : `${field.name}${pascal(method.toLowerCase())}${index > 0 ? index + 1 : ''}`
}

/** Every route that the schema's root fields carry; a wrong one fails at start, under its own name. */
export function compileEndpoints(schema: GraphQLSchema): Endpoint[] {
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const
  return roots.flatMap(([kind, root]) =>
    Object.values(root?.getFields() ?? {}).flatMap((field) =>
      routesOf(field).map((route, _index, routes) => {
        try {
          return compile({ schema, kind, id: operationId(field, route, routes), field }, route)
        } catch (error) {
          throw new Error(`${route.route} (${field.name}): ${(error as Error).message}`, { cause: error })
        }
      }),
    ),
  )
}
