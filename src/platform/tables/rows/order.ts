import { invalid } from '../../../core/errors.ts'
import type { OrderColumn } from '../../../core/list/declare.ts'
import type { Relation } from '../catalogue/relation.ts'
import { cast, isComparable } from './compare.ts'
import { columnNamed } from './filter.ts'
import { at, keyOf, type Parameters } from './shown.sql.ts'

export type Order = { column: string; direction?: 'asc' | 'desc' | null }

const MAX_ORDER = 5

/** In cursors every value is the text that the database writes. */
const ordered = (column: string, descending: boolean, nullable: boolean): OrderColumn => ({
  ...{ column, descending, nullable, type: 'String' },
})

/** The order asked for, made total by what names a row, so that pages never overlap. */
export function orderOf(relation: Relation, asked: readonly Order[]): OrderColumn[] {
  if (asked.length > MAX_ORDER) throw invalid('orderBy', `names at most ${MAX_ORDER} columns.`)
  const order = asked.map(({ column: name, direction }) => {
    const { type, nullable } = columnNamed(relation, name, 'orderBy')
    if (!isComparable(type)) throw invalid('orderBy', `A column of the type ${type.name} has no order.`)
    return ordered(name, direction === 'desc', nullable)
  })
  if (new Set(order.map(({ column }) => column)).size < order.length)
    throw invalid('orderBy', 'names a column twice; name each once.')
  const key = keyOf(relation)
  if (!key || order.some(({ column }) => column === key.name)) return order
  return [...order, ordered(key.name, order[0]?.descending ?? false, false)]
}

/** Rows that nothing names are put in an order of all they hold. */
export function orderSql(relation: Relation, order: readonly OrderColumn[]): string {
  const parts = order.map(({ column, descending }) => `${at(column)} ${descending ? 'DESC' : 'ASC'} NULLS LAST`)
  return [...parts, ...(keyOf(relation) ? [] : ['(r.*)::text'])].join(', ')
}

/** Rows that stand behind a place, whose values are given column by column; without a value comes last. */
export function behindSql(
  relation: Relation,
  order: readonly OrderColumn[],
  values: readonly unknown[],
  parameters: Parameters,
): string {
  const places = order.map(({ column, descending, nullable }, i) => {
    const sql = at(column)
    if (values[i] === null) return { same: `${sql} IS NULL`, further: 'false' }
    const value = cast(columnNamed(relation, column, 'after').type, parameters.add(values[i]))
    const further = `${sql} ${descending ? '<' : '>'} ${value}`
    return { same: `${sql} = ${value}`, further: nullable ? `(${further} OR ${sql} IS NULL)` : further }
  })
  const ways = places.map(({ further }, i) => [...places.slice(0, i).map(({ same }) => same), further].join(' AND '))
  return `(${ways.map((way) => `(${way})`).join(' OR ')})`
}
