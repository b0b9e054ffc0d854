import { invalid } from '../../../core/errors.ts'
import type { FoundColumn, Relation } from '../catalogue/relation.ts'
import type { Kind } from '../columns/types.ts'
import { readText } from '../columns/values.ts'
import { cast, castAll, comparable, isComparable } from './compare.ts'
import { at, type Parameters } from './shown.sql.ts'

export const OPERATORS = [
  ...['eq', 'ne', 'in', 'not_in', 'gt', 'gte', 'lt', 'lte', 'contains', 'starts_with', 'is_null'],
] as const
export type Operator =
  | 'eq'
  | 'ne'
  | 'in'
  | 'not_in'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'contains'
  | 'starts_with'
  | 'is_null'
export type Condition = { column: string; op?: Operator | null; value?: unknown }

const MAX_CONDITIONS = 20
const MAX_VALUES = 1000

const BETWEEN: Partial<Record<Operator, string>> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' }
const UNORDERED: readonly Kind[] = ['boolean', 'uuid']

type Place = { column: FoundColumn; field: string; sql: string; parameters: Parameters }

function compareWith({ column, field }: Place, value: unknown): string {
  const read = readText(comparable(column.type), value)
  if ('wrong' in read) throw invalid(field, read.wrong)
  return String(read.value)
}

/** Several values, which addresses write with commas between them. */
function valuesOf(place: Place, value: unknown): string[] {
  const listed = Array.isArray(value) ? value : String(value).split(',')
  if (listed.length > MAX_VALUES) throw invalid(place.field, `must be at most ${MAX_VALUES} values.`)
  return listed.map((each) => compareWith(place, each))
}

function isNull({ field, sql }: Place, value: unknown): string {
  if (value !== true && value !== false && value !== 'true' && value !== 'false')
    throw invalid(field, 'must be true or false.')
  return `${sql} IS ${String(value) === 'true' ? '' : 'NOT '}NULL`
}

function within({ sql, field, parameters, column }: Place, op: Operator, value: unknown): string {
  if (column.type.kind !== 'text') throw invalid(field, `does not suit the type ${column.type.name}.`)
  const words = `lower(${cast(column.type, parameters.add(compareWith({ sql, field, parameters, column }, value)))})`
  return op === 'contains' ? `position(${words} IN lower(${sql})) > 0` : `starts_with(lower(${sql}), ${words})`
}

function conditionSql(place: Place, op: Operator, value: unknown): string {
  const { column, field, sql, parameters } = place
  const { type } = column
  if (op === 'is_null') return isNull(place, value)
  if (!isComparable(type)) throw invalid(field, `A column of the type ${type.name} is only asked for \`is_null\`.`)
  if (op === 'contains' || op === 'starts_with') return within(place, op, value)
  if (op === 'in' || op === 'not_in') {
    const listed = `${sql} = ANY (${castAll(type, parameters.add(valuesOf(place, value)))})`
    return op === 'in' ? listed : `NOT ${listed}`
  }
  if (UNORDERED.includes(type.kind) && op !== 'eq' && op !== 'ne')
    throw invalid(field, `does not suit the type ${type.name}.`)
  return `${sql} ${BETWEEN[op]} ${cast(type, parameters.add(compareWith(place, value)))}`
}

export function columnNamed({ columns }: Relation, name: string, field: string): FoundColumn {
  const column = columns.find((each) => each.name === name)
  if (column) return column
  throw invalid(field, `There is no such column; the columns are ${columns.map((each) => each.name).join(', ')}.`)
}

/** The conditions that all must hold, in SQL on a row `r`. */
export function filterSql(relation: Relation, conditions: readonly Condition[], parameters: Parameters): string[] {
  if (conditions.length > MAX_CONDITIONS) throw invalid('filter', `has at most ${MAX_CONDITIONS} conditions.`)
  return conditions.map(({ column: name, op, value }) => {
    const column = columnNamed(relation, name, `filter.${name}`)
    const field = `filter.${name}.${op ?? 'eq'}`
    return `(${conditionSql({ column, field, sql: at(name), parameters }, op ?? 'eq', value)})`
  })
}
