import {
  type GraphQLFieldConfig,
  type GraphQLInputType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
} from 'graphql'
import { pascal } from '../core/casing.ts'
import { type Body, isRequired } from './body.ts'
import type { Endpoint } from './endpoint.ts'
import { type Facade, viewKey } from './facade.ts'
import { type JsonSchema, leafSchema, nullable } from './json-schema.ts'
import type { Slot } from './reading.ts'

type Described = Slot & { description?: string | null | undefined }

function inputSchema(type: GraphQLInputType, facade: Facade): JsonSchema {
  if (isNonNullType(type)) return inputSchema(type.ofType, facade)
  if (isListType(type)) return { type: 'array', items: inputSchema(type.ofType, facade) }
  if (!isInputObjectType(type)) return leafSchema(type, facade.dialect)
  return inputObject(type.name, Object.values(type.getFields()), [], facade, type.description)
}

function inputObject(
  name: string,
  slots: readonly Described[],
  require: readonly string[],
  facade: Facade,
  description?: string | null,
): JsonSchema {
  const { casing } = facade.dialect
  const property = ({ type, description, defaultValue }: Described): JsonSchema => {
    const schema = inputSchema(type, facade)
    const open = isNonNullType(type) ? schema : nullable(schema)
    return {
      ...open,
      ...(description && { description }),
      ...(defaultValue !== undefined && { default: defaultValue }),
    }
  }
  const properties = Object.fromEntries(slots.map((slot) => [casing(slot.name), property(slot)]))
  const optional = slots.filter((slot) => !isRequired(slot)).map(({ name }) => casing(name))
  const free = optional.filter((key) => !require.includes(key))
  return facade.object(name, { properties, optional: free }, description)
}

/** The JSON schema of a request body, as a named component. */
export function bodySchema(body: Body, endpoint: Endpoint, facade: Facade): JsonSchema {
  const { input, slots, require } = body
  const whole = input && slots.length === Object.keys(input.getFields()).length
  const name = !whole ? `${pascal(endpoint.id)}Request` : require.length > 0 ? `${input.name}Required` : input.name
  return inputObject(name, slots, require, facade, input?.description)
}

/** What a route answers, envelope and list around it, as a type of the facade. */
export function answerSchema(endpoint: Endpoint, facade: Facade): JsonSchema {
  const { dialect, list, field, view, route } = endpoint
  if (route.raw || endpoint.status === 204) return { type: 'string' }
  if (list) {
    const items = facade.output(new GraphQLNonNull(list.node as GraphQLObjectType), view, endpoint)
    const name = `${items.$ref?.split('/').at(-1) ?? pascal(endpoint.id)}List`
    return facade.object(
      name,
      dialect.listSchema(items, list.name, facade.properties(list.totals?.view ?? [], endpoint)),
    )
  }
  const data = facade.output(new GraphQLNonNull(getNullableType(field.type)), view, endpoint)
  if (!dialect.envelope) return data
  const name = `${data.$ref?.split('/').at(-1) ?? pascal(endpoint.id)}Answer`
  return facade.object(name, dialect.envelope.schema(data))
}

const QUERY_NODE = { kind: Kind.OBJECT_TYPE_DEFINITION, name: { kind: Kind.NAME, value: 'Query' }, fields: [] } as const

function rootField(endpoint: Endpoint, facade: Facade): GraphQLFieldConfig<unknown, unknown> {
  const args = endpoint.parameters.map(({ name, schema, required }) => {
    const type = facade.leaf(schema)
    return [name, { type: required ? new GraphQLNonNull(type) : type }] as const
  })
  return {
    type: facade.typeOf(answerSchema(endpoint, facade)) as GraphQLOutputType,
    description: endpoint.field.description,
    args: Object.fromEntries(args),
  }
}

/** A type's plain name goes to the view that most routes share, then to its list, rather than to a mere mention. */
function claimNames(endpoints: readonly Endpoint[], facade: Facade): void {
  const shown = endpoints.flatMap(({ view, list, field, route, status }) => {
    if (!view || route.raw || status === 204) return []
    const name = list ? list.node.name : namedOf(field.type)
    return [{ name, view, isList: list !== undefined, key: `${name}{${viewKey(view)}}` }]
  })
  const routesOf = (key: string) => shown.filter((each) => each.key === key).length
  const popular = shown.toSorted((a, b) => routesOf(b.key) - routesOf(a.key) || Number(b.isList) - Number(a.isList))
  for (const { name, view } of popular) facade.nameFor(name, view, 'Detail')
}

const namedOf = (type: GraphQLOutputType): string => ('ofType' in type ? namedOf(type.ofType) : type.name)

/**
 * One root field per route. The `astNode` is bare on purpose: SOFA otherwise prints and parses the whole query type
 * once per parameter to find a description.
 */
export function facadeSchema(endpoints: readonly Endpoint[], facade: Facade): GraphQLSchema {
  claimNames(endpoints, facade)
  const fields = Object.fromEntries(endpoints.map((endpoint) => [endpoint.id, rootField(endpoint, facade)]))
  for (const endpoint of endpoints)
    if (endpoint.body && !endpoint.route.multipart) bodySchema(endpoint.body, endpoint, facade)
  const query = new GraphQLObjectType({ name: 'Query', fields, astNode: QUERY_NODE })
  return new GraphQLSchema({ query, types: [...facade.objects.values()] })
}
