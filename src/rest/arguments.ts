import type { GraphQLArgument } from 'graphql'
import type { RestMethod, RestRoute } from '../core/rest.ts'
import { type Body, bodyOf } from './body.ts'
import type { Dialect } from './dialect.ts'
import type { RootField } from './endpoint.ts'
import type { JsonSchema } from './json-schema.ts'
import { type List, listOf } from './list.ts'
import { type Parameter, parameter, type Variables } from './parameters.ts'

/** Which part of a request fills which argument of the field. */
export type Sources = {
  method: RestMethod
  path: string
  parameters: readonly Parameter[]
  list: List | undefined
  body: Body | undefined
  fixed: Variables
  used: ReadonlySet<string>
}

const pathNames = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string)

function pathParameters(path: string, field: RootField, route: RestRoute, dialect: Dialect): Parameter[] {
  return pathNames(path).map((name) => {
    const argument = field.args.find((arg) => dialect.casing(arg.name) === name)
    const slot = argument ?? bodyOf(route, field, dialect)?.slot(name)
    if (!slot) throw new Error(`no argument is called ${name}`)
    const to = argument ? [argument.name] : [route.body as string, slot.name]
    const description = argument?.description ?? `The ${name} in the path.`
    return parameter({ name, in: 'path', type: slot.type, to, dialect, description })
  })
}

/** What a body would say, where a method has none. */
function fieldParameters(field: RootField, route: RestRoute, dialect: Dialect): Parameter[] {
  const slots = route.body ? (bodyOf(route, field, dialect)?.slots ?? []) : []
  return slots.map(({ name, type, description }) =>
    parameter({
      ...{ name: dialect.casing(name), in: 'query', type, dialect, description },
      to: [route.body as string, name],
    }),
  )
}

function queryParameter(argument: GraphQLArgument, dialect: Dialect): Parameter {
  const { name, type, description, defaultValue, extensions } = argument
  const refined = extensions.schema as JsonSchema | undefined
  return parameter({
    name: dialect.casing(name),
    in: 'query',
    type,
    to: [name],
    dialect,
    description,
    defaultValue,
    refined,
  })
}

/** Path, list and fixed values come first; then the body; the query has what is left. */
export function sourcesOf(field: RootField, route: RestRoute, dialect: Dialect): Sources {
  const [method, path] = route.route.split(' ') as [RestMethod, string]
  const list = route.list && listOf({ ...route, list: route.list }, field, dialect, path)
  const fixed = route.args ?? {}
  const inPath = new Set(pathNames(path))
  const names = field.args.map(({ name }) => name)
  const fromPath = names.filter((name) => inPath.has(dialect.casing(name)))
  const bodiless = method === 'GET' || method === 'DELETE'
  const spread = bodiless && route.body ? [route.body] : []
  const taken = new Set([...Object.keys(fixed), ...fromPath, ...(list?.takes ?? []), ...spread])
  const body = bodiless ? undefined : bodyOf(route, field, dialect, taken)
  const inQuery = field.args.filter(({ name }) => !taken.has(name) && !body?.takes.includes(name))
  const idle = list?.takes.filter((name) => !list.uses.includes(name) && !(name in fixed))
  return {
    method,
    path,
    list,
    body,
    fixed,
    parameters: [
      ...pathParameters(path, field, route, dialect),
      ...(list?.parameters ?? []),
      ...inQuery.map((arg) => queryParameter(arg, dialect)),
      ...(bodiless ? fieldParameters(field, route, dialect) : []),
    ],
    used: new Set(names.filter((name) => !idle?.includes(name))),
  }
}
