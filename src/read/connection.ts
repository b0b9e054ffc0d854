import { type GraphQLObjectType, getArgumentValues } from 'graphql'
import type { List, ListArgs } from '../core/list/declare.ts'
import { listQuery, RELATED_PAGE } from '../core/list/query.ts'
import type { Compiler, Field, Nodes } from './compiler.ts'
import { countSql, hitsSql, named, type Page, rowsSql } from './page.ts'
import { columnsOf, keyed, listOf, objectOf, objectType, tableOf } from './row.ts'
import { sourceOf } from './search.ts'
import { type Selection, selected } from './selection.ts'
import { Uncompilable } from './statement.ts'
import { match } from './where.ts'
import { WholePage } from './whole-page.ts'

function nodesSql(page: Page, nodes: Nodes): string {
  const { compiler, node: type, table, query } = page
  const alias = compiler.statement.alias()
  const columns = columnsOf(compiler, { type, table, alias }, selected(compiler, type, nodes))
  return listOf(`SELECT ${columns} FROM ${rowsSql(page, alias, query.first)}`)
}

/** A page as a query: what stands before it, its columns by the key each is asked under, and where they come from. */
type Written = {
  before: string
  columns: readonly (readonly [key: string, name: string, sql: string])[]
  from(): string
  /** Where the page is read as a whole. */
  whole: WholePage | undefined
}
type Write = (page: Written) => string

function writtenPage(page: Page, selection: Selection): Written {
  const names = new Set([...selection.values()].map(named))
  const whole = names.has('edges') || names.has('pageInfo') ? new WholePage(page, names.has('totalCount')) : undefined
  const fields = page.connection.getFields()
  const part = (nodes: Nodes): string => {
    const name = named(nodes)
    if (name === '__typename') return `'${page.connection.name}'::text`
    if (name === 'totalCount') return whole?.total ?? countSql(page)
    if (name === 'nodes') return whole ? whole.nodes(nodes) : nodesSql(page, nodes)
    if (name === 'edges') return whole!.edges(fields.edges!, nodes)
    if (name === 'pageInfo') return whole!.pageInfo(fields.pageInfo!, nodes)
    throw new Uncompilable(`${page.connection.name}.${name}`)
  }
  const columns = [...selection].map(([key, nodes]) => [key, named(nodes), part(nodes)] as const)
  const from = () => (whole ? ` FROM ${whole.from()}` : '')
  return { before: page.hits ? hitsSql(page) : '', columns, from, whole }
}

const columnsSql = (columns: Written['columns']) => columns.map(([key, , sql]) => keyed(sql, key)).join(', ')

/** A page as one JSON object. */
const asObject: Write = ({ before, columns, from }) => objectOf(`${before}SELECT ${columnsSql(columns)}${from()}`)

const ASIDE = new Set(['nodes', 'totalCount', 'pageInfo'])

/** A page as its rows, and what is told of the whole list beside them: see `parts` in reader.ts. */
export const asParts: Write = ({ before, columns, from, whole }) => {
  const sqlOf = (name: string) => columns.find(([, each]) => each === name)?.[2]
  const about = columns.filter(([, name]) => !ASIDE.has(name))
  const told = {
    value: sqlOf('nodes') ?? `'[]'::json`,
    shown: whole?.shown,
    total: sqlOf('totalCount'),
    next: sqlOf('pageInfo') && whole!.next(),
    about: about.length > 0 ? objectOf(`SELECT ${columnsSql(about)}`) : undefined,
  }
  const sql = Object.entries(told).map(([name, column = 'NULL']) => keyed(`${column}::text`, name))
  return `${before}SELECT ${sql.join(', ')}${from()}`
}

type Asked = { field: Field; nodes: Nodes; list: List; args: ListArgs; searchable?: boolean }

function connectionSql(compiler: Compiler, asked: Asked, within: Page['within'], write: Write): string {
  const { field, nodes, list, args, searchable = false } = asked
  const connection = objectType(field)
  const node = compiler.schema.getType(list.type) as GraphQLObjectType
  const table = tableOf(compiler, node)
  const selection = selected(compiler, connection, nodes)
  const counts = [...selection.values()].some((inner) => named(inner) === 'totalCount')
  const search = args.search?.trim()
  const hits = counts && search && !args.after ? `h${compiler.statement.alias()}` : undefined
  const source = searchable && search ? sourceOf(list, table, search) : table.name
  const query = listQuery(list, args, compiler)
  compiler.statement.brief = false
  // The index tells the hits, whatever is looked for, and the rest follows from them.
  if (hits && source !== table.name) compiler.statement.planned = true
  return write(writtenPage({ compiler, list, query, connection, node, table, source, within, hits }, selection))
}

const argsOf = ({ variables }: Compiler, field: Field, nodes: Nodes): ListArgs =>
  getArgumentValues(field, nodes[0]!, variables) as ListArgs

export type Root = { field: Field; nodes: Nodes }

/** A root list: rows of the caller's organization. */
export function rootConnection(compiler: Compiler, asked: Root, list: List, write: Write = asObject): string {
  const args = argsOf(compiler, asked.field, asked.nodes)
  const { statement } = compiler
  const within: Page['within'] = (alias, isAlone) =>
    `${alias}.organization_id = ${isAlone ? statement.scope() : statement.caller()}`
  return connectionSql(compiler, { ...asked, list, args, searchable: true }, within, write)
}

/** A list below a row, matched by a relation, which leaves few enough rows to be searched one by one. */
export function relatedConnection(compiler: Compiler): Compiler['related'] {
  return (field, nodes, list, relation, parent) => {
    const args = argsOf(compiler, field, nodes)
    const paged = { ...args, first: args.first ?? RELATED_PAGE }
    const within = (alias: string) => match(relation, parent, alias)
    return connectionSql(compiler, { field, nodes, list, args: paged }, within, asObject)
  }
}
