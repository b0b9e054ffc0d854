import type { PrismaClient } from './generated/client.ts'
import { getDatamodel } from './generated/pothos.ts'
import type { SystemQuery } from './tenant.ts'

export type Column = {
  /** Quoted, as the database calls it. */
  name: string
  /** The client library's type: `String`, `DateTime`, or the name of an enum. */
  type: string
  kind: string
  isList: boolean
  isRequired: boolean
  /** Holds when the row was changed last. */
  isUpdatedAt: boolean
  /** The database's type: `date`, `numeric(14,2)`, … */
  sqlType: string
  /** What the database writes where nothing is given, as an expression. */
  defaultSql: string | undefined
}
/** What a relation's rows are matched by: pairs of this table's column and the other's. */
export type Relation = { model: string; isList: boolean; on: readonly (readonly [string, string])[] }
export type Table = {
  model: string
  /** Quoted, as the database calls it. */
  name: string
  /** The view through which a search reads it, so that an index serves: a policy would stand before it. */
  search: string | undefined
  columns: ReadonlyMap<string, Column>
  relations: ReadonlyMap<string, Relation>
}
export type Tables = (model: string) => Table

type Field = Pick<Column, 'name' | 'kind' | 'type' | 'isList' | 'isRequired' | 'isUpdatedAt'> & { isId: boolean }
type Described = Field & { relationName?: string; relationFromFields?: readonly string[] }
type Model = { fields: Described[]; primaryKey: { fields: string[] } | null }
type Named = { dbName: string | null; fields: { name: string; dbName?: string }[] }
type InDatabase = { type: string; default: string | null }
type Catalog = { names: Record<string, Named>; columns: ReadonlyMap<string, InDatabase> }

const MODELS = (getDatamodel() as unknown as { datamodel: { models: Record<string, Model> } }).datamodel.models

/** The names that the client library gives tables and columns; it carries them for itself. */
const namesOf = (prisma: PrismaClient): Record<string, Named> =>
  (prisma as unknown as { _runtimeDataModel: { models: Record<string, Named> } })._runtimeDataModel.models

const quoted = (name: string): string => `"${name}"`
const nameOfTable = ({ names }: Catalog, model: string): string => names[model]!.dbName ?? model

function nameOfColumn({ names }: Catalog, model: string, field: string): string {
  const found = names[model]!.fields.find(({ name }) => name === field)!
  return found.dbName ?? field
}

const keyOf = ({ primaryKey, fields }: Model): readonly string[] =>
  primaryKey?.fields ?? fields.filter(({ isId }) => isId).map(({ name }) => name)

/** A relation's columns are on the side that names them; every relation refers to the other side's primary key. */
function relationOf(catalog: Catalog, model: string, field: Described): Relation {
  const { type, relationName, relationFromFields = [], isList } = field
  const pairs = (from: string, columns: readonly string[], to: string) =>
    columns.map((column, at) => {
      const key = keyOf(MODELS[to]!)[at]!
      return [quoted(nameOfColumn(catalog, from, column)), quoted(nameOfColumn(catalog, to, key))] as const
    })
  if (relationFromFields.length > 0) return { model: type, isList, on: pairs(model, relationFromFields, type) }
  const other = MODELS[type]!.fields.find(
    (each) => each.relationName === relationName && each.relationFromFields?.length,
  )!
  const on = pairs(type, other.relationFromFields!, model).map(([theirs, ours]) => [ours, theirs] as const)
  return { model: type, isList, on }
}

function columnOf(catalog: Catalog, model: string, { name, ...told }: Field): Column {
  const column = nameOfColumn(catalog, model, name)
  const found = catalog.columns.get(`${nameOfTable(catalog, model)}.${column}`)
  if (found === undefined) throw new Error(`The database has no column for ${model}.${name}.`)
  const { type, kind, isList, isRequired, isUpdatedAt } = told
  const own = { sqlType: found.type, defaultSql: found.default ?? undefined }
  return { name: quoted(column), type, kind, isList, isRequired, isUpdatedAt, ...own }
}

function tableOf(catalog: Catalog, model: string): Table {
  const { fields } = MODELS[model]!
  const [relations, columns] = [fields.filter(isRelation), fields.filter((field) => !isRelation(field))]
  const name = nameOfTable(catalog, model)
  const view = `${name}_search`
  return {
    model,
    name: quoted(name),
    search: catalog.columns.has(`${view}.organization_id`) ? quoted(view) : undefined,
    columns: new Map(columns.map((field) => [field.name, columnOf(catalog, model, field)])),
    relations: new Map(relations.map((field) => [field.name, relationOf(catalog, model, field)])),
  }
}

const isRelation = ({ kind }: Field): boolean => kind === 'object'

const ISO = `'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'`

/** A day's or a moment's text, as a date of JavaScript writes itself. */
export const isoSql = ({ sqlType }: Column, value: string): string =>
  sqlType === 'date' ? `to_char(${value}::timestamp, ${ISO})` : `to_char(${value} AT TIME ZONE 'UTC', ${ISO})`

const COLUMNS = `SELECT c.relname || '.' || a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type,
    pg_get_expr(d.adbin, d.adrelid) AS "default"
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped`

/** Every table as the database has it, under the names that the client library knows. */
export async function loadTables(prisma: PrismaClient, query: SystemQuery): Promise<Tables> {
  const found = await query<InDatabase & { column: string }>(COLUMNS, [])
  const catalog = { names: namesOf(prisma), columns: new Map(found.map((each) => [each.column, each])) }
  const tables = new Map(Object.keys(MODELS).map((model) => [model, tableOf(catalog, model)]))
  return (model) => tables.get(model)!
}
