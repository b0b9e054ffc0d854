import { invalid, invalidFields } from '../../../core/errors.ts'
import type { FoundColumn, Relation } from '../catalogue/relation.ts'
import { brokenCheck } from '../columns/checks.ts'
import type { Problems } from '../columns/declare.ts'
import { readValue } from '../columns/values.ts'
import { valueColumns } from './shown.sql.ts'

export type Values = Record<string, unknown>

/** Told at once; what is wrong beyond is told the next time. */
const MAX_PROBLEMS = 50

/** Columns that somebody may write. */
export const written = (relation: Relation): FoundColumn[] =>
  valueColumns(relation).filter(({ generated }) => !generated)

function readCell({ type, check }: FoundColumn, given: unknown): { value: unknown } | { wrong: string } {
  const read = readValue(type, given)
  const broken = 'value' in read && check ? brokenCheck(type, check, read.value) : undefined
  return broken === undefined ? read : { wrong: broken }
}

const isNeeded = ({ nullable, default: made }: FoundColumn): boolean => !nullable && made === null

/** What stands in the way of a value, as a sentence; the value is put into the row where nothing does. */
function put(column: FoundColumn, given: unknown, values: Values): string | undefined {
  if (given === null || given === undefined) {
    values[column.name] = null
    return column.nullable ? undefined : 'must not be null.'
  }
  const read = readCell(column, given)
  if ('wrong' in read) return read.wrong
  values[column.name] = read.value
  return undefined
}

/** A row as it is sent; what is wrong with it is added under the name of its place. */
function rowOf(columns: ReadonlyMap<string, FoundColumn>, given: object, place: string, problems: Problems): Values {
  const values: Values = {}
  for (const [name, value] of Object.entries(given)) {
    const column = columns.get(name)
    const wrong = column
      ? put(column, value, values)
      : `There is no such column to write; the columns are ${[...columns.keys()].join(', ')}.`
    if (wrong !== undefined) problems[`${place}.${name}`] = [wrong]
  }
  return values
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Wanted = { place: (nth: number) => string; whole: boolean }

/** Rows that fit the table, or every reason why not. Whole rows have a value wherever one is needed. */
export function readRows(relation: Relation, rows: readonly unknown[], { place, whole }: Wanted): Values[] {
  const columns = new Map(written(relation).map((column) => [column.name, column]))
  const needed = whole ? [...columns.values()].filter(isNeeded) : []
  const problems: Problems = {}
  const read: Values[] = []
  for (const [nth, given] of rows.entries()) {
    if (Object.keys(problems).length >= MAX_PROBLEMS) break
    if (!isObject(given)) throw invalid(place(nth), 'must be an object of values by column.')
    read.push(rowOf(columns, given, place(nth), problems))
    for (const { name } of needed) if (!Object.hasOwn(given, name)) problems[`${place(nth)}.${name}`] = ['is needed.']
  }
  if (Object.keys(problems).length) throw invalidFields(problems)
  return read
}
