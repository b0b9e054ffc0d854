import {
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { pascal } from '../core/casing.ts'
import type { Described, Dialect } from './dialect.ts'
import type { Endpoint } from './endpoint.ts'
import { type JsonSchema, leafSchema, nullable } from './json-schema.ts'
import { namedType, type View } from './view.ts'

const REF = '#/components/schemas/'

export const viewKey = (view: View): string =>
  view
    .map(
      ({ to, field, optional, view }) => `${to}:${field.name}${optional ? '?' : ''}${view ? `{${viewKey(view)}}` : ''}`,
    )
    .join()

/**
 * The types of one dialect's facade. Every key is a scalar that carries its own JSON schema, so that what SOFA prints
 * has the real enum, bounds and nullability; every object is named after the type that it shows.
 */
export class Facade {
  readonly dialect: Dialect
  readonly objects = new Map<string, GraphQLObjectType>()
  readonly #schemas = new Map<string, JsonSchema>()
  readonly #leaves = new Map<string, GraphQLScalarType>()
  readonly #meanings = new Map<string, string>()
  readonly #names = new Map<string, string>()

  constructor(dialect: Dialect) {
    this.dialect = dialect
  }

  /** SOFA writes descriptions into what it is given: a fresh copy each time. */
  readonly scalars: Record<string, JsonSchema> = new Proxy(
    {},
    {
      get: (_target, name) => structuredClone(this.#schemas.get(name as string)),
    },
  )

  leaf(schema: JsonSchema): GraphQLScalarType {
    const key = JSON.stringify(schema)
    const known = this.#leaves.get(key)
    if (known) return known
    const made = new GraphQLScalarType({ name: `Leaf${this.#leaves.size}` })
    this.#leaves.set(key, made)
    this.#schemas.set(made.name, schema)
    return made
  }

  /** A named JSON object; a name that means something else already gets a number. */
  object(wanted: string, described: Described, description?: string | null): JsonSchema {
    const meaning = JSON.stringify(described)
    const isFree = (name: string) => (this.#meanings.get(name) ?? meaning) === meaning
    let name = wanted
    for (let number = 2; !isFree(name); number++) name = `${wanted}${number}`
    if (!this.objects.has(name)) this.objects.set(name, this.#objectType(name, described, description))
    this.#meanings.set(name, meaning)
    return { $ref: `${REF}${name}` }
  }

  #objectType(name: string, { properties, optional = [] }: Described, description?: string | null): GraphQLObjectType {
    const field = (key: string, { description, ...schema }: JsonSchema) => {
      const type = this.leaf(schema)
      const shown = schema.$ref ? undefined : description
      return { type: optional.includes(key) ? type : new GraphQLNonNull(type), description: shown }
    }
    const fields = Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, field(key, schema)]))
    return new GraphQLObjectType({ name, description, fields })
  }

  typeOf(schema: JsonSchema): GraphQLOutputType {
    return (schema.$ref && this.objects.get(schema.$ref.slice(REF.length))) || this.leaf(schema)
  }

  /** The first view of a type has the type's own name; others say where they are seen. */
  nameFor(typeName: string, view: View, place: string): string {
    const key = `${typeName}{${viewKey(view)}}`
    const known = this.#names.get(key)
    if (known) return known
    const taken = new Set(this.#names.values())
    const candidates = [
      typeName,
      `${typeName}${place}`,
      ...Array.from({ length: 99 }, (_, at) => `${typeName}${place}${at + 2}`),
    ]
    const name = candidates.find((each) => !taken.has(each)) as string
    this.#names.set(key, name)
    return name
  }

  output(type: GraphQLOutputType, view: View | undefined, endpoint: Endpoint): JsonSchema {
    if (isNonNullType(type)) return this.#present(type.ofType, view, endpoint)
    return nullable(this.#present(type, view, endpoint))
  }

  properties(view: View, endpoint: Endpoint): Record<string, JsonSchema> {
    const property = ({ field, type, view: inner, omitNull }: View[number]): JsonSchema => ({
      ...(omitNull ? this.#present(type, inner, endpoint) : this.output(type, inner, endpoint)),
      ...(field.description && { description: field.description }),
      ...(field.extensions.example !== undefined && { example: field.extensions.example }),
    })
    return Object.fromEntries(view.map((each) => [each.to, property(each)]))
  }

  #present(type: GraphQLOutputType, view: View | undefined, endpoint: Endpoint): JsonSchema {
    if (isNonNullType(type)) return this.#present(type.ofType, view, endpoint)
    if (isListType(type)) return { type: 'array', items: this.output(type.ofType, view, endpoint) }
    if (isEnumType(type) || isLeafType(type)) return leafSchema(type, this.dialect)
    const named = namedType(type)
    if (!view) throw new Error(`${endpoint.route.route}: ${named.name} needs a view.`)
    const name = this.nameFor(named.name, view, `In${pascal(endpoint.id)}`)
    const properties = this.properties(view, endpoint)
    const optional = view.filter((each) => each.optional).map(({ to }) => to)
    return this.object(name, { properties, optional }, named.description)
  }
}
