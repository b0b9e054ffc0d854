import type { GraphQLObjectType } from 'graphql'
import type { List } from '../core/list/declare.ts'
import type { ListQuery } from '../core/list/query.ts'
import type { Table } from '../db/tables.ts'
import type { Compiler, Nodes } from './compiler.ts'
import { Uncompilable } from './statement.ts'
import { allOf, whereSql } from './where.ts'

export const named = (nodes: Nodes): string => nodes[0]!.name.value

/** One page of a list: what was asked of it, and which rows it may have. */
export type Page = {
  compiler: Compiler
  list: List
  query: ListQuery
  connection: GraphQLObjectType
  node: GraphQLObjectType
  table: Table
  /** Where rows are looked for: the table, or what a search reads it through. */
  source: string
  /** Conditions on the rows of an alias, besides what the caller filters by; alone where that is nothing. */
  within: (alias: string, isAlone: boolean) => string
  /** The name under which a search's hits are kept: finding them is what costs, so they are found once, for the page and the count. */
  hits: string | undefined
}

function filtered({ compiler, table, within }: Page, alias: string, where: ListQuery['where']): string {
  if (Object.keys(where).length === 0) return within(alias, true)
  return allOf([within(alias, false), whereSql(compiler, table, alias, where)])
}

function ordered({ list, table, query }: Page, alias: string): string {
  const parts = query.order.map(({ column, descending, nullable }) => {
    const found = table.columns.get(column)
    if (!found) throw new Uncompilable(`${list.model}.${column} is no column`)
    return `${alias}.${found.name}${descending ? ' DESC' : ''}${nullable ? ' NULLS LAST' : ''}`
  })
  return parts.join(', ')
}

/** How many rows a list has in all, as a column of a query of its own. */
export function countedSql(page: Page): string {
  if (page.hits) return `SELECT count(*)::int AS total FROM ${page.hits}`
  const alias = page.compiler.statement.alias()
  return `SELECT count(*)::int AS total FROM ${page.source} ${alias} WHERE ${filtered(page, alias, page.query.counted)}`
}

export const countSql = (page: Page): string => `(${countedSql(page)})`

/** From so many skipped rows on, a page is found by keys alone: an index has those, and a sort of them is small. */
const DEEP = 1000

/** Of rows no more than their key and what they are ordered by. */
function keysSql({ table, query }: Page, alias: string): string {
  const columns = new Set(['id', ...query.order.map(({ column }) => column)])
  return [...columns].map((column) => `${alias}.${table.columns.get(column)!.name}`).join(', ')
}

/** The rows of a page under an alias, narrowed and cut before anything is computed of them. */
export function rowsSql(page: Page, alias: string, most: number): string {
  const { compiler, table, source, query } = page
  const skipped = query.skip > 0 ? ` OFFSET ${compiler.statement.constant(query.skip)}` : ''
  const ordering = `ORDER BY ${ordered(page, alias)}`
  const cut = `${ordering} LIMIT ${most}${skipped}`
  const rows = page.hits
    ? `FROM ${page.hits} ${alias}`
    : `FROM ${source} ${alias} WHERE ${filtered(page, alias, query.where)}`
  if (!page.hits && query.skip < DEEP) return `(SELECT * ${rows} ${cut}) ${alias}`
  const found = `${page.within(alias, false)} AND ${alias}.id = h.id`
  const keys = `(SELECT ${keysSql(page, alias)} ${rows} ${cut}) h`
  return `(SELECT ${alias}.* FROM ${keys} JOIN ${table.name} ${alias} ON ${found} ${ordering}) ${alias}`
}

/** What a search found. */
export function hitsSql(page: Page): string {
  const { compiler, source, query } = page
  const alias = compiler.statement.alias()
  const rows = `SELECT ${keysSql(page, alias)} FROM ${source} ${alias} WHERE ${filtered(page, alias, query.counted)}`
  return `WITH ${page.hits} AS MATERIALIZED (${rows}) `
}
