import { type GraphQLObjectType, getNamedType, getNullableType, isListType, isObjectType } from 'graphql'
import type { Where } from '../core/list/cursor.ts'
import type { List } from '../core/list/declare.ts'
import type { Reading } from '../core/reading.ts'
import type { Column, Table } from '../db/tables.ts'
import type { Compiler, Field, Nodes } from './compiler.ts'
import { type Selection, selected } from './selection.ts'
import { Uncompilable } from './statement.ts'
import { allOf, match, whereSql } from './where.ts'
import { written } from './written.ts'

export type Extensions = {
  list?: List
  /** Rows of a root list that depend on the caller. */
  where?: unknown
  rows?: unknown
  relation?: string
  row?: { name: string }
  read?: Reading
  authScopes?: unknown
  pothosExposedField?: string
  pothosPrismaRelationField?: { name: string }
  pothosPrismaModel?: string
  pothosPrismaSelect?: (
    args: object,
    ctx: object,
    nested: (query: unknown) => unknown,
  ) => { select: Record<string, unknown> }
  pothosPrismaFallback?: unknown
}

/** A row that is being read: of which table, under which alias. */
type Place = { table: Table; alias: string }
type Row = Place & { type: GraphQLObjectType }
type Order = Record<string, 'asc' | 'desc'>

export const extensionsOf = ({ extensions }: { extensions: unknown }): Extensions => extensions as Extensions

export function objectType(field: Field): GraphQLObjectType {
  const type = getNamedType(field.type)
  if (!isObjectType(type)) throw new Uncompilable(`${field.name} is no object`)
  return type
}

/** The table behind a type, once the caller may see its rows. */
export function tableOf(compiler: Compiler, type: GraphQLObjectType): Table {
  const { pothosPrismaModel, authScopes } = extensionsOf(type)
  if (!pothosPrismaModel) throw new Uncompilable(`${type.name} is no table`)
  compiler.permits.require(authScopes)
  return compiler.tables(pothosPrismaModel)
}

export const keyed = (sql: string, key: string): string => `${sql} AS "${key}"`

/** The rows of a query as a JSON list: `r` alone would be the column that a caller's key calls so. */
export const listOf = (rows: string): string => `(SELECT coalesce(json_agg(r.*), '[]'::json) FROM (${rows}) r)`
/** The one row of a query as a JSON object, or null. */
export const objectOf = (row: string): string => `(SELECT row_to_json(r.*) FROM (${row}) r)`

export function orderSql(table: Table, alias: string, order: readonly Order[]): string {
  const parts = order
    .flatMap((each) => Object.entries(each))
    .map(([name, direction]) => {
      const column = table.columns.get(name)
      if (!column || (direction !== 'asc' && direction !== 'desc')) throw new Uncompilable(`the order by ${name}`)
      return `${alias}.${column.name}${direction === 'desc' ? ' DESC' : ''}`
    })
  return parts.length ? ` ORDER BY ${parts.join(', ')}` : ''
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name)
  if (!column) throw new Uncompilable(`${table.model}.${name} is no column`)
  return column
}

const relationOf = (table: Table, name: string) => {
  const relation = table.relations.get(name)
  if (!relation) throw new Uncompilable(`${table.model}.${name} is no relation`)
  return relation
}

const columnSql = ({ form }: Compiler, { type }: Field, { name, sqlType }: Column, alias: string): string =>
  written(form, type, `${alias}.${name}`, sqlType)

/** The column at the end of a path of relations to one row each. */
function pathSql(
  compiler: Compiler,
  field: Field,
  { table, alias }: Place,
  [step, ...rest]: readonly string[],
): string {
  if (rest.length === 0) return columnSql(compiler, field, columnOf(table, step!), alias)
  const relation = relationOf(table, step!)
  const other = { table: compiler.tables(relation.model), alias: compiler.statement.alias() }
  const inner = pathSql(compiler, field, other, rest)
  return `(SELECT ${inner} FROM ${other.table.name} ${other.alias} WHERE ${match(relation, alias, other.alias)})`
}

function countSql(compiler: Compiler, { table, alias }: Place, name: string, where: Where = {}): string {
  const relation = relationOf(table, name)
  const counted = compiler.tables(relation.model)
  const other = compiler.statement.alias()
  const condition = allOf([match(relation, alias, other), whereSql(compiler, counted, other, where)])
  return `(SELECT count(*)::int FROM ${counted.name} ${other} WHERE ${condition})`
}

type Through = Extract<Reading, { through: unknown }>

function throughSql(compiler: Compiler, field: Field, nodes: Nodes, row: Row, reading: Through): string {
  const [toLinks, toOther] = reading.through
  const links = relationOf(row.table, toLinks)
  const linkTable = compiler.tables(links.model)
  const other = relationOf(linkTable, toOther)
  const type = objectType(field)
  const table = tableOf(compiler, type)
  const [link, alias] = [compiler.statement.alias(), compiler.statement.alias()]
  const columns = columnsOf(compiler, { type, table, alias }, selected(compiler, type, nodes))
  const from = `${linkTable.name} ${link} JOIN ${table.name} ${alias} ON ${match(other, link, alias)}`
  return listOf(
    `SELECT ${columns} FROM ${from} WHERE ${match(links, row.alias, link)}${orderSql(table, alias, reading.orderBy)}`,
  )
}

function readSql(compiler: Compiler, field: Field, nodes: Nodes, row: Row, reading: Reading): string {
  if ('path' in reading) return pathSql(compiler, field, row, reading.path)
  if ('count' in reading) return countSql(compiler, row, reading.count, reading.where)
  if ('through' in reading) return throughSql(compiler, field, nodes, row, reading)
  const now = () => `${compiler.statement.given(({ ctx }) => ctx.clock.now().toISOString())}::timestamptz`
  if ('sql' in reading) return written(compiler.form, field.type, `(${reading.sql(row.alias, now)})`)
  const { context } = reading
  return `${compiler.statement.given(({ ctx }) => {
    const value = context(ctx)
    if (value === undefined) throw new Uncompilable(`the context does not know ${field.name}`)
    return value
  })}::text`
}

type RelationQuery = { orderBy?: Order | readonly Order[]; where?: Where }

/** What a relation's field says of its rows, where it says it once for all callers. */
function queryOf(field: Field, relation: string): RelationQuery {
  const { pothosPrismaSelect, pothosPrismaFallback } = extensionsOf(field)
  if (!pothosPrismaSelect || pothosPrismaFallback) throw new Uncompilable(`the relation ${field.name}`)
  const query = pothosPrismaSelect({}, {}, (query) => query).select[relation]
  if (typeof query !== 'object' || query === null) throw new Uncompilable(`the relation ${field.name}`)
  const { orderBy, where, ...rest } = query as RelationQuery
  if (Object.keys(rest).length > 0) throw new Uncompilable(`the relation ${field.name}`)
  return { ...(orderBy && { orderBy }), ...(where && { where }) }
}

function relationSql(compiler: Compiler, field: Field, nodes: Nodes, row: Row, name: string): string {
  const relation = relationOf(row.table, name)
  const { orderBy = [], where = {} } = queryOf(field, name)
  const type = objectType(field)
  const table = tableOf(compiler, type)
  const alias = compiler.statement.alias()
  const columns = columnsOf(compiler, { type, table, alias }, selected(compiler, type, nodes))
  const condition = allOf([
    match(relation, row.alias, alias),
    ...(Object.keys(where).length ? [whereSql(compiler, table, alias, where)] : []),
  ])
  const from = `FROM ${table.name} ${alias} WHERE ${condition}`
  if (!isListType(getNullableType(field.type))) return objectOf(`SELECT ${columns} ${from}`)
  return listOf(`SELECT ${columns} ${from}${orderSql(table, alias, [orderBy].flat() as Order[])}`)
}

function fieldSql(compiler: Compiler, row: Row, nodes: Nodes): string {
  const name = nodes[0]!.name.value
  if (name === '__typename') return `'${row.type.name}'::text`
  const field = row.type.getFields()[name]!
  const { list, relation, read, authScopes, pothosExposedField, pothosPrismaRelationField } = extensionsOf(field)
  compiler.permits.require(authScopes)
  if (read) return readSql(compiler, field, nodes, row, read)
  if (list && relation) return compiler.related(field, nodes, list, relationOf(row.table, relation), row.alias)
  if (pothosExposedField) return columnSql(compiler, field, columnOf(row.table, pothosExposedField), row.alias)
  if (pothosPrismaRelationField) return relationSql(compiler, field, nodes, row, pothosPrismaRelationField.name)
  throw new Uncompilable(`${row.type.name}.${name}`)
}

/** The columns of a row that were asked for, under the keys they are answered under. */
export const columnsOf = (compiler: Compiler, row: Row, selection: Selection): string =>
  [...selection].map(([key, nodes]) => keyed(fieldSql(compiler, row, nodes), compiler.form.key(key))).join(', ')
