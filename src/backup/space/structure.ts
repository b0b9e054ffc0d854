import pg from 'pg'
import type { Column } from '../copy.ts'
import { OTHERS, SEQUENCES, TABLES } from './structure.sql.ts'

export type SpaceColumn = {
  name: string
  type: string
  notNull: boolean
  default: string | null
  /** The expression of a column that the database computes. */
  generated: string | null
  identity: '' | 'a' | 'd'
  collation: string | null
}

export type Constraint = {
  name: string
  kind: string
  definition: string
  remark: string | null
  /** The table that a foreign key leads to. */
  refersTo: string | null
}

export type SpaceTable = {
  name: string
  columns: SpaceColumn[]
  constraints: Constraint[]
  indexes: string[]
  key: Column[]
}

export type SpaceSequence = {
  name: string
  /** Whose numbers they are, where they are a column's. */
  table: string | null
  column: string | null
  identity: boolean
  type: string
  start: string
  min: string
  max: string
  increment: string
  cycle: boolean
  /** The last one that was given; none where nobody took any. */
  value: string | null
}

/** All it takes to make the tables of a schema again, in whatever schema. */
export type Structure = {
  tables: SpaceTable[]
  sequences: SpaceSequence[]
  /** Views, whatever else is no table of its own, and references to tables that are not among these. */
  leftOut: string[]
}

export type Place = { schemaName: string; roleName: string }

/** As the role that owns the schema. What is built in is looked for first all the same; what is made, is made in the schema. */
export async function enter(client: pg.ClientBase, { schemaName, roleName }: Place): Promise<void> {
  const path = `${pg.escapeIdentifier(schemaName)}, pg_temp`
  await client.query("SELECT set_config('search_path', $1, true), set_config('role', $2, true)", [path, roleName])
}

type Estimate = { estimate: number }
export type Read = Structure & { estimate: number }

/** What there is in a schema that was entered, all of it or the tables of these names. */
export async function readStructure(
  client: pg.ClientBase,
  schema: string,
  names: readonly string[] | null,
): Promise<Read> {
  const { rows: found } = await client.query<SpaceTable & Estimate>(TABLES, [schema, names])
  const { rows: sequences } = await client.query<SpaceSequence>(SEQUENCES, [schema, names])
  const { rows: others } = await client.query<{ name: string }>(OTHERS, [schema, names])
  const within = ({ refersTo }: Constraint) => names === null || refersTo === null || names.includes(refersTo)
  const tables = found.map(({ estimate: _, ...table }) => ({ ...table, constraints: table.constraints.filter(within) }))
  const outside = found.flatMap(({ name, constraints }) =>
    constraints.filter((each) => !within(each)).map((each) => `${name}.${each.name}`),
  )
  const estimate = found.reduce((sum, table) => sum + table.estimate, 0)
  return { tables, sequences, leftOut: [...others.map(({ name }) => name), ...outside], estimate }
}

/** Nobody changes them until the transaction ends; their rows may be. */
export async function hold(client: pg.ClientBase, tables: readonly SpaceTable[]): Promise<void> {
  if (tables.length === 0) return
  const names = tables.map(({ name }) => pg.escapeIdentifier(name)).join(', ')
  await client.query(`LOCK TABLE ${names} IN ACCESS SHARE MODE`)
}

/** Rows are told by all that is not computed. */
export const factsOf = ({ name, columns, key }: SpaceTable) => ({
  name: pg.escapeIdentifier(name),
  columns: columns.filter(({ generated }) => generated === null).map((column) => column.name),
  key,
})
