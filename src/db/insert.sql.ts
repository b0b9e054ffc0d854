import { type Column, isoSql, type Table } from './tables.ts'

/** A column's value in JSON, as the client library's own value of it would be written. */
function told(column: Column): string {
  const { name, sqlType, type } = column
  if (type === 'DateTime') return isoSql(column, name)
  return sqlType.startsWith('numeric') ? `trim_scale(${name})::text` : name
}

/** Columns that no event tells, whatever the table. */
const NEVER_TOLD = new Set(['organizationId', 'searchText'])

const toldColumns = ({ columns }: Table, hidden: readonly string[]): string =>
  [...columns]
    .filter(([field, { sqlType }]) => !NEVER_TOLD.has(field) && !hidden.includes(field) && sqlType !== 'bytea')
    .map(([field, column]) => `'${field}', ${told(column)}`)
    .join(', ')

/** How many parameters the event and the audit row take before the row's own: see `announced` in insert.ts. */
export const ANNOUNCING = 10

/** What tells of rows that were made: an event and an audit row for each. */
const ANNOUNCED = `announced AS (INSERT INTO event (organization_id, type, data, request_id, at) SELECT $1, $2, data, $5, $6 FROM told),
audited AS (
  INSERT INTO audit_event (organization_id, actor_kind, actor_id, actor_name, action, target_type, target_id, changes, address, request_id, at)
  SELECT $1, $7::actor_kind, $8, $9, $2, $3, id::text, data, $10, $5, $6 FROM told
)`

/** What the row was wished as, beside its columns. */
export const WISHED = 'wished'

/** A row, its event and its audit row: one statement, and so one transaction. `wished` is an expression over the row `created`. */
export function insertStatement(
  table: Table,
  fields: readonly string[],
  hidden: readonly string[],
  wished?: string,
): string {
  const columns = fields.map((field) => table.columns.get(field)!.name)
  const values = fields.map((_field, at) => `$${ANNOUNCING + at + 1}`)
  return `WITH created AS (INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${values.join(', ')}) RETURNING *),
told AS (SELECT id, jsonb_build_object(${toldColumns(table, hidden)}) || $4::jsonb AS data FROM created),
${ANNOUNCED}
SELECT *${wished ? `, ${wished}::text AS ${WISHED}` : ''} FROM created`
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
created AS (INSERT INTO ${table.name} (${names}) SELECT ${names} FROM listed RETURNING *),
told AS (
  SELECT id, jsonb_build_object(${toldColumns(table, hidden)}) || $4::jsonb || beside.more::jsonb AS data
  FROM created JOIN (SELECT id AS beside_id, told_beside AS more FROM listed) AS beside ON beside_id = id
  ORDER BY id
),
${ANNOUNCED}
SELECT id FROM created ORDER BY id`
}
