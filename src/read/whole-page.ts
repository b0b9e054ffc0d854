import type { Field, Nodes } from './compiler.ts'
import { cursorSql } from './cursor.ts'
import { named, type Page, rowsSql } from './page.ts'
import { columnsOf, keyed, objectOf, objectType } from './row.ts'
import { selected } from './selection.ts'

/** Parts of a page that know how it ends are made from its rows and one more: the page is read once for all of them. */
export class WholePage {
  readonly #page: Page
  readonly #alias: string
  readonly #row: string[] = []
  readonly #all: string[] = []
  #order: string[] | undefined

  constructor(page: Page) {
    this.#page = page
    this.#alias = page.compiler.statement.alias()
  }

  #gathered(json: string, name: string): string {
    const most = this.#page.query.first
    this.#row.push(keyed(json, name))
    this.#all.push(keyed(`json_agg(p.${name}) FILTER (WHERE p.n <= ${most})`, name))
    return `coalesce(s.${name}, '[]'::json)`
  }

  #node(nodes: Nodes): string {
    const { compiler, node: type, table } = this.#page
    return objectOf(
      `SELECT ${columnsOf(compiler, { type, table, alias: this.#alias }, selected(compiler, type, nodes))}`,
    )
  }

  nodes(nodes: Nodes): string {
    return this.#gathered(this.#node(nodes), `v${this.#row.length}`)
  }

  edges(field: Field, nodes: Nodes): string {
    const { compiler, query, table } = this.#page
    const type = objectType(field)
    const own = query.order.map(({ column }) => `${this.#alias}.${table.columns.get(column)!.name}`)
    const columns = [...selected(compiler, type, nodes)].map(([key, inner]) => {
      if (named(inner) === 'node') return keyed(this.#node(inner), key)
      if (named(inner) === 'cursor') return keyed(cursorSql(table, query.order, own), key)
      return keyed(`'${type.name}'::text`, key)
    })
    return this.#gathered(objectOf(`SELECT ${columns.join(', ')}`), `v${this.#row.length}`)
  }

  /** How many rows the page has. */
  get shown(): string {
    return `least(s.found, ${this.#page.query.first})`
  }

  /** The values that the page is ordered by, of its first row or its last. */
  #edge(at: 'first' | 'last'): string {
    const { query, table } = this.#page
    this.#order ??= query.order.map(({ column }, index) => {
      this.#row.push(keyed(`${this.#alias}.${table.columns.get(column)!.name}`, `o${index}`))
      this.#all.push(keyed(`array_agg(p.o${index}) FILTER (WHERE p.n <= ${query.first})`, `o${index}`))
      return `s.o${index}`
    })
    const values = this.#order.map((values) => `${values}[${at === 'first' ? '1' : this.shown}]`)
    return `CASE WHEN ${this.shown} > 0 THEN ${cursorSql(table, query.order, values)} END`
  }

  pageInfo(field: Field, nodes: Nodes): string {
    const { compiler, query } = this.#page
    const type = objectType(field)
    const parts: Record<string, () => string> = {
      __typename: () => `'${type.name}'::text`,
      hasNextPage: () => `s.found > ${query.first}`,
      hasPreviousPage: () => String(query.backwards),
      startCursor: () => this.#edge('first'),
      endCursor: () => this.#edge('last'),
    }
    const columns = [...selected(compiler, type, nodes)].map(([key, inner]) => keyed(parts[named(inner)]!(), key))
    return objectOf(`SELECT ${columns.join(', ')}`)
  }

  from(): string {
    const { query } = this.#page
    const row = ['row_number() OVER () AS n', ...this.#row].join(', ')
    const all = ['count(*)::int AS found', ...this.#all].join(', ')
    return `(SELECT ${all} FROM (SELECT ${row} FROM ${rowsSql(this.#page, this.#alias, query.first + 1)}) p) s`
  }
}
