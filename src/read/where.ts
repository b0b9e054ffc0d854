import type { Where } from '../core/list/cursor.ts'
import type { Column, Relation, Table, Tables } from '../db/tables.ts'
import { type Statement, Uncompilable } from './statement.ts'

export type Writing = { tables: Tables; statement: Statement }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.getPrototypeOf(value) === Object.prototype

const joined = (parts: readonly string[], by: 'AND' | 'OR', none: string): string => {
  if (parts.length === 0) return none
  return parts.length === 1 ? parts[0]! : `(${parts.join(` ${by} `)})`
}

export const allOf = (parts: readonly string[]): string => joined(parts, 'AND', 'true')
const anyOf = (parts: readonly string[]): string => joined(parts, 'OR', 'false')

type Compare = (column: string, parameter: (value: unknown) => string, value: unknown, insensitive: boolean) => string

const isNull = (column: string) => `${column} IS NULL`

const like =
  (pattern: (text: string) => string): Compare =>
  (column, parameter, value, insensitive) =>
    `${column} ${insensitive ? 'ILIKE' : 'LIKE'} ${parameter(pattern(String(value)))}`

const compared =
  (operator: string): Compare =>
  (column, parameter, value) =>
    `${column} ${operator} ${parameter(value)}`

/** Prisma's operators, as lists use them. */
const COMPARE: Record<string, Compare> = {
  equals: (column, parameter, value) => (value === null ? isNull(column) : `${column} = ${parameter(value)}`),
  not: (column, parameter, value) => (value === null ? `${column} IS NOT NULL` : `${column} <> ${parameter(value)}`),
  in: (column, parameter, value) => ((value as unknown[]).length ? `${column} = ANY(${parameter(value)})` : 'false'),
  notIn: (column, parameter, value) => ((value as unknown[]).length ? `${column} <> ALL(${parameter(value)})` : 'true'),
  gt: compared('>'),
  gte: compared('>='),
  lt: compared('<'),
  lte: compared('<='),
  contains: like((text) => `%${text}%`),
  startsWith: like((text) => `${text}%`),
}

function columnCondition({ statement }: Writing, { name, isList }: Column, alias: string, condition: unknown): string {
  if (isList) throw new Uncompilable('a list is compared')
  const column = `${alias}.${name}`
  const parameter = (value: unknown) => statement.constant(value)
  if (!isObject(condition)) return COMPARE.equals!(column, parameter, condition, false)
  const { mode, ...operators } = condition
  const parts = Object.entries(operators).map(([operator, value]) => {
    const compare = COMPARE[operator]
    if (!compare || isObject(value)) throw new Uncompilable(`the operator ${operator}`)
    return compare(column, parameter, value, mode === 'insensitive')
  })
  return allOf(parts)
}

export const match = ({ on }: Relation, alias: string, other: string): string =>
  allOf(on.map(([ours, theirs]) => `${other}.${theirs} = ${alias}.${ours}`))

/** Rows of a relation to many: some of them. Of a relation to one: that row, and a missing one is a plain no. */
function relationCondition(writing: Writing, relation: Relation, alias: string, condition: unknown): string {
  if (!isObject(condition)) throw new Uncompilable('a relation is compared')
  const table = writing.tables(relation.model)
  const other = writing.statement.alias()
  const from = `FROM ${table.name} ${other} WHERE ${match(relation, alias, other)}`
  if (relation.isList) {
    const { some, ...rest } = condition
    if (!isObject(some) || Object.keys(rest).length > 0) throw new Uncompilable('rows of a relation are compared')
    return `EXISTS (SELECT 1 ${from} AND ${whereSql(writing, table, other, some)})`
  }
  if (Object.keys(condition).length === 0) return `EXISTS (SELECT 1 ${from})`
  const inner = whereSql(writing, table, other, condition)
  return `CASE WHEN EXISTS (SELECT 1 ${from}) THEN (SELECT ${inner} ${from}) ELSE false END`
}

const list = (value: unknown): Where[] => (Array.isArray(value) ? value : [value]) as Where[]

function part(writing: Writing, table: Table, alias: string, name: string, value: unknown): string[] {
  const inner = (each: Where) => whereSql(writing, table, alias, each)
  if (value === undefined) return []
  if (name === 'AND') return list(value).map(inner)
  if (name === 'OR') return [anyOf(list(value).map(inner))]
  if (name === 'NOT') return list(value).map((each) => `NOT ${inner(each)}`)
  const column = table.columns.get(name)
  if (column) return [columnCondition(writing, column, alias, value)]
  const relation = table.relations.get(name)
  if (relation) return [relationCondition(writing, relation, alias, value)]
  throw new Uncompilable(`${table.model} has no ${name}`)
}

/** The conditions that lists are narrowed by, in the client library's form, as an expression over the rows of a table. */
export const whereSql = (writing: Writing, table: Table, alias: string, where: Where): string =>
  `(${allOf(Object.entries(where).flatMap(([name, value]) => part(writing, table, alias, name, value)))})`
