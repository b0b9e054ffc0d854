import type { Field, Nodes } from './compiler.ts'
import { cursorSql } from './cursor.ts'
import { countedSql, named, type Page, rowsSql } from './page.ts'
import { columnsOf, keyed, objectOf, objectType } from './row.ts'
import { selected } from './selection.ts'

/**
 * Parts of a page that know how it ends are made together, so that its rows are read once: with one more, or with the number of
 * rows in all, where that is asked for and the page does not begin behind a row.
 */
export class WholePage {
  readonly #page: Page
  readonly #alias: string
  readonly #isCounted: boolean
  readonly #beside: string[] = []
  readonly #all: string[] = []
  #order: string[] | undefined

  constructor(page: Page, isCounted: boolean) {
    this.#page = page
    this.#alias = page.compiler.statement.alias()
    this.#isCounted = isCounted && page.query.where === page.query.counted
  }

  /** How many rows the list has in all, where this knows it. */
  get total(): string | undefined {
    return this.#isCounted ? 'c.total' : undefined
  }

  get #goesOn(): string {
    const { first, skip } = this.#page.query
    return this.#isCounted ? `c.total > ${skip + first}` : `s.found > ${first}`
  }

  /** Columns computed for every row, as one JSON object: PostgreSQL does without a query for each row. */
  #object(columns: string): string {
    const name = `v${this.#beside.length}`
    this.#beside.push(`LATERAL (SELECT ${columns}) ${name}`)
    return `row_to_json(${name}.*)`
  }

  #gathered(object: string): string {
    const name = `g${this.#all.length}`
    this.#all.push(keyed(`array_agg(${object})`, name))
    const shown = this.#isCounted ? '' : `[:${this.#page.query.first}]`
    return `coalesce(array_to_json(s.${name}${shown}), '[]'::json)`
  }

  #node(nodes: Nodes): string {
    const { compiler, node: type, table } = this.#page
    return this.#object(columnsOf(compiler, { type, table, alias: this.#alias }, selected(compiler, type, nodes)))
  }

  nodes(nodes: Nodes): string {
    return this.#gathered(this.#node(nodes))
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
    return this.#gathered(this.#object(columns.join(', ')))
  }

  /** How many rows the page has. */
  get shown(): string {
    return this.#isCounted ? 's.found' : `least(s.found, ${this.#page.query.first})`
  }

  /** The cursor of a row, by its place in the page. */
  #cursor(place: string): string {
    const { query, table } = this.#page
    this.#order ??= query.order.map(({ column }, index) => {
      this.#all.push(keyed(`array_agg(${this.#alias}.${table.columns.get(column)!.name})`, `o${index}`))
      return `s.o${index}`
    })
    const values = this.#order.map((values) => `${values}[${place}]`)
    return cursorSql(table, query.order, values)
  }

  #edge(place: string): string {
    return `CASE WHEN ${this.shown} > 0 THEN ${this.#cursor(place)} END`
  }

  /** The cursor behind which the next page begins; NULL where there is none. */
  next(): string {
    return `CASE WHEN ${this.#goesOn} THEN ${this.#cursor(this.shown)} END`
  }

  pageInfo(field: Field, nodes: Nodes): string {
    const { compiler, query } = this.#page
    const type = objectType(field)
    const parts: Record<string, () => string> = {
      __typename: () => `'${type.name}'::text`,
      hasNextPage: () => this.#goesOn,
      hasPreviousPage: () => String(query.backwards),
      startCursor: () => this.#edge('1'),
      endCursor: () => this.#edge(this.shown),
    }
    const columns = [...selected(compiler, type, nodes)].map(([key, inner]) => keyed(parts[named(inner)]!(), key))
    return objectOf(`SELECT ${columns.join(', ')}`)
  }

  from(): string {
    const most = this.#page.query.first + (this.#isCounted ? 0 : 1)
    const all = ['count(*)::int AS found', ...this.#all].join(', ')
    const page = `(SELECT ${all} FROM ${[rowsSql(this.#page, this.#alias, most), ...this.#beside].join(', ')}) s`
    return this.#isCounted ? `${page}, (${countedSql(this.#page)}) c` : page
  }
}
