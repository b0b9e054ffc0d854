import { snake } from '../casing.ts'
import type { Permission } from '../permissions.ts'
import type { Schema } from './fields.ts'
import { RESOURCES } from './resources.ts'

type Resources = typeof RESOURCES
export type ResourceName = keyof Resources
export type VerbOf<N extends ResourceName> = keyof Resources[N]['verbs'] & string
/** Every event there is: what is not declared in resources.ts cannot be announced. */
export type EventType = { [N in ResourceName]: `${N}.${VerbOf<N>}` }[ResourceName]
/** Resources that have an event of this verb. */
export type Having<V extends string> = { [N in ResourceName]: V extends VerbOf<N> ? N : never }[ResourceName]

export type EventEntry = {
  type: EventType
  description: string
  /** What one needs to be told of it. */
  permission: Permission
  /** What it tells, in the names of the graph. */
  data: Schema
}

type Declared = (typeof RESOURCES)[ResourceName] & { verbs: Record<string, string | { says: string; data: Schema }> }

const entriesOf = ([name, { permission, verbs, data }]: [string, Declared]): EventEntry[] =>
  Object.entries(verbs).map(([verb, said]) => ({
    type: `${name}.${verb}` as EventType,
    permission,
    ...(typeof said === 'string' ? { description: said, data } : { description: said.says, data: said.data }),
  }))

/** Every event, by its type, in the order of the alphabet. */
export const CATALOGUE: ReadonlyMap<string, EventEntry> = new Map(
  (Object.entries(RESOURCES) as [string, Declared][])
    .flatMap(entriesOf)
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map((entry) => [entry.type, entry]),
)

/** Columns that no event of a resource tells. */
export const hiddenOf = (name: ResourceName): readonly string[] => RESOURCES[name].hidden

/** A schema as receivers read it: its names in snake_case. */
export function toldSchema({ properties, required, items, ...schema }: Schema): Schema {
  return {
    ...schema,
    ...(required && { required: required.map(snake) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [snake(name), toldSchema(each)])),
    }),
    ...(items && { items: toldSchema(items) }),
  }
}

/** A value as receivers read it. What the schema does not name keeps its place at the end; free JSON stays as it is. */
function toldValue({ properties, items }: Schema, value: unknown): unknown {
  if (items && Array.isArray(value)) return value.map((each) => toldValue(items, each))
  if (!properties || typeof value !== 'object' || value === null) return value
  const given = value as Record<string, unknown>
  const names = [...Object.keys(properties).filter((name) => name in given), ...unnamed(given, properties)]
  return Object.fromEntries(names.map((name) => [snake(name), toldValue(properties[name] ?? {}, given[name])]))
}

const unnamed = (given: object, properties: object): string[] =>
  Object.keys(given).filter((name) => !(name in properties))

/** An event's data as it leaves the house: snake_case, in the catalogue's order. */
export const toldData = (type: string, data: unknown): unknown => toldValue(CATALOGUE.get(type)?.data ?? {}, data)
