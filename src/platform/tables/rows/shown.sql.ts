import pg from 'pg'
import type { FoundColumn, Relation } from '../catalogue/relation.ts'
import { ROW_KEY } from '../columns/declare.ts'
import type { Kind } from '../columns/types.ts'

/** A column of a row `r`. */
export const at = (name: string): string => `r.${pg.escapeIdentifier(name)}`

const asItIs = (column: string): string => column
const asText = (column: string): string => `${column}::text`

/** As JSON tells it: what has more digits than a number of JavaScript is a text. */
const SHOWN: Record<Kind, (column: string) => string> = {
  ...{ text: asText, boolean: asItIs, numeric: asText, float: asItIs, date: asText },
  ...{ time: asText, uuid: asText, json: asItIs, other: asText },
  integer: asItIs,
  moment: (column) => `replace(to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z')`,
}

const shown = ({ name, type }: FoundColumn): string =>
  type.kind === 'integer' && type.bits === 64 ? asText(at(name)) : SHOWN[type.kind](at(name))

/** The column that names a row; none where nothing promises that it names one alone. */
export function keyOf({ kind, columns }: Relation): FoundColumn | undefined {
  const key = columns.find(({ name }) => name === ROW_KEY)
  return kind === 'table' && key?.unique && !key.nullable && key.type.kind === 'integer' ? key : undefined
}

/** The columns of a row beside the one that names it. */
export function valueColumns(relation: Relation): FoundColumn[] {
  const key = keyOf(relation)
  return relation.columns.filter((column) => column !== key)
}

/** A row `r` as it is told: what names it, and its values as the text of a JSON object. */
export function rowSql(relation: Relation): string {
  const key = keyOf(relation)
  const values = valueColumns(relation).map((column) => `${shown(column)} AS ${pg.escapeIdentifier(column.name)}`)
  return `${key ? asText(at(key.name)) : 'NULL'} AS id, (SELECT to_json(told) FROM (SELECT ${values.join(', ')}) AS told)::text AS told`
}

/** Values that are sent beside a statement, each as text. */
export class Parameters {
  readonly values: unknown[] = []
  add(value: unknown): string {
    return `$${this.values.push(value)}`
  }
}
