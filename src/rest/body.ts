import { type GraphQLInputObjectType, getNamedType, isInputObjectType, isNonNullType } from 'graphql'
import type { RestRoute } from '../core/rest.ts'
import type { Dialect } from './dialect.ts'
import type { RootField } from './endpoint.ts'
import type { Variables } from './parameters.ts'
import type { Problems } from './problems.ts'
import { objectReader, REQUIRED, type Slot } from './reading.ts'

/** What a request's JSON object becomes: one input argument, or several arguments at once. */
export type Body = {
  slots: readonly (Slot & { description?: string | null | undefined })[]
  /** The input type where the body is one argument. */
  input: GraphQLInputObjectType | undefined
  /** The arguments that the body fills. */
  takes: readonly string[]
  require: readonly string[]
  slot(restName: string): Slot | undefined
  apply(json: unknown, variables: Variables, problems: Problems): void
}

/** `taken`: the arguments that path, list and fixed values fill already. */
export function bodyOf(
  route: RestRoute,
  field: RootField,
  dialect: Dialect,
  taken: ReadonlySet<string> = new Set(),
): Body | undefined {
  const argument = field.args.find(({ name }) => name === route.body)
  if (route.body && !argument) throw new Error(`no argument is called ${route.body}`)
  const type = argument && getNamedType(argument.type)
  const input = isInputObjectType(type) ? type : undefined
  const inPath = new Set([...route.route.matchAll(/:(\w+)/g)].map(([, name]) => name))
  const slots = input
    ? Object.values(input.getFields()).filter(({ name }) => !inPath.has(dialect.casing(name)))
    : field.args.filter(({ name }) => !taken.has(name))
  if (!input && slots.length === 0) return undefined
  const read = objectReader(slots, dialect)
  const all: readonly Slot[] = input ? Object.values(input.getFields()) : slots
  const require = route.require ?? []
  return {
    slots,
    input,
    takes: argument ? [argument.name] : slots.map(({ name }) => name),
    require,
    slot: (restName) => all.find(({ name }) => dialect.casing(name) === restName),
    apply(json, variables, problems) {
      const value = read(json, '', problems) as Variables | undefined
      for (const key of require)
        if (json !== null && typeof json === 'object' && !Object.hasOwn(json, key)) problems.add(key, REQUIRED)
      if (argument) variables[argument.name] = { ...(variables[argument.name] as Variables), ...value }
      else Object.assign(variables, value)
    },
  }
}

export const isRequired = ({ type, defaultValue }: Slot): boolean => isNonNullType(type) && defaultValue === undefined
