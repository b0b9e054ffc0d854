import { ANNOUNCED, ANNOUNCING, shown, toldSql } from './announce.sql.ts'
import type { Column, Table } from './tables.ts'

/** A row, its event and its audit row: one statement, and so one transaction. `wished` is an expression over the row `written`. */
export function insertStatement(
  table: Table,
  fields: readonly string[],
  hidden: readonly string[],
  wished?: string,
): string {
  const columns = fields.map((field) => table.columns.get(field)!.name)
  const values = fields.map((_field, at) => `$${ANNOUNCING + at + 1}`)
  return `WITH written AS (INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${values.join(', ')}) RETURNING *),
told AS (SELECT id, ${toldSql(table, 'written', hidden)} || $4::jsonb AS data FROM written),
${ANNOUNCED('told', 'data')}
${shown(wished)}`
}

/** Where some rows of many give a column and others do not, the others get what the database would write. */
function given({ name, isRequired, defaultSql }: Column): string {
  return isRequired && defaultSql !== undefined ? `coalesce(own.${name}, ${defaultSql}) AS ${name}` : `own.${name}`
}

/** Rows of a JSON array (`row`, and what is told beside it in `more`), numbered in its order, each with its event and audit row. */
export function insertManyStatement(table: Table, fields: readonly string[], hidden: readonly string[]): string {
  const columns = fields.map((field) => table.columns.get(field)!)
  const names = ['id', ...columns.map(({ name }) => name)].join(', ')
  const values = [`${table.columns.get('id')!.defaultSql} AS id`, ...columns.map(given)].join(', ')
  return `WITH listed AS MATERIALIZED (
  SELECT ${values}, each.value -> 'more' AS told_beside
  FROM json_array_elements($${ANNOUNCING + 1}::json) WITH ORDINALITY AS each (value, place),
    json_populate_record(NULL::${table.name}, each.value -> 'row') AS own
  ORDER BY place
),
written AS (INSERT INTO ${table.name} (${names}) SELECT ${names} FROM listed RETURNING *),
told AS (
  SELECT id, ${toldSql(table, 'written', hidden)} || $4::jsonb || beside.more::jsonb AS data
  FROM written JOIN (SELECT id AS beside_id, told_beside AS more FROM listed) AS beside ON beside_id = id
  ORDER BY id
),
${ANNOUNCED('told', 'data')}
SELECT id FROM written ORDER BY id`
}
