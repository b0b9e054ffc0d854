import { type Column, isoSql, type Table } from './tables.ts'

/** A column's value in JSON, as the client library's own value of it would be written. */
function told({ name, ...column }: Column, from: string): string {
  const value = `${from}.${name}`
  if (column.type === 'DateTime') return isoSql({ name, ...column }, value)
  return column.sqlType.startsWith('numeric') ? `trim_scale(${value})::text` : value
}

/** Columns that no event tells, whatever the table. */
const NEVER_TOLD = new Set(['organizationId', 'searchText'])

/** A row as events and audit rows tell it. */
export function toldSql({ columns }: Table, from: string, hidden: readonly string[]): string {
  const pairs = [...columns]
    .filter(([field, { sqlType }]) => !NEVER_TOLD.has(field) && !hidden.includes(field) && sqlType !== 'bytea')
    .map(([field, column]) => `'${field}', ${told(column, from)}`)
  return `jsonb_build_object(${pairs.join(', ')})`
}

/** How many parameters the event and the audit row take before the row's own: see `announced` in announce.ts. */
export const ANNOUNCING = 10

/** What tells of written rows: an event with the data, and an audit row with the changes, for each row of `from`. */
export const ANNOUNCED = (from: string, changes: string) =>
  `announced AS (INSERT INTO event (organization_id, type, data, request_id, at) SELECT $1, $2, data, $5, $6 FROM ${from}),
audited AS (
  INSERT INTO audit_event (organization_id, actor_kind, actor_id, actor_name, action, target_type, target_id, changes, address, request_id, at)
  SELECT $1, $7::actor_kind, $8, $9, $2, $3, id::text, ${changes}, $10, $5, $6 FROM ${from}
)`

/** The row that was written: as it was wished, and then its id is all that is told besides, or else its columns. */
export const shown = (wished: string | undefined): string =>
  `SELECT ${wished ? `id::text, ${wished}::text` : '*'} FROM written`
