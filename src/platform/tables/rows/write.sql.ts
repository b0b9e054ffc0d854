import pg from 'pg'
import type { FoundColumn } from '../catalogue/relation.ts'
import { ROW_KEY } from '../columns/declare.ts'
import type { Opened } from '../held.ts'
import { rowSql } from './shown.sql.ts'

const quoted = pg.escapeIdentifier

/** What a row gets that is given no value. */
function defaultSql(place: string, { name, default: made }: FoundColumn): string {
  if (made === null) return 'NULL'
  if (made !== 'identity') return `(${made})`
  return `nextval(pg_get_serial_sequence(${pg.escapeLiteral(place)}, ${pg.escapeLiteral(name)})::regclass)`
}

/** Rows of a JSON array, in its order; what a row leaves out gets the column's default, which `null` does not. */
export function insertSql({ place, relation }: Opened, columns: readonly FoundColumn[]): string {
  const values = columns.map(
    (column) =>
      `CASE WHEN given.value ? ${pg.escapeLiteral(column.name)} THEN own.${quoted(column.name)} ELSE ${defaultSql(place, column)} END`,
  )
  const into = columns.length ? `(${columns.map(({ name }) => quoted(name)).join(', ')}) ` : `(${ROW_KEY}) `
  const id = `nextval(pg_get_serial_sequence(${pg.escapeLiteral(place)}, '${ROW_KEY}')::regclass)`
  const overriding = columns.length ? '' : 'OVERRIDING SYSTEM VALUE '
  return `INSERT INTO ${place} AS r ${into}${overriding}
SELECT ${columns.length ? values.join(', ') : id}
FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS given (value, place), jsonb_populate_record(NULL::${place}, given.value) AS own
ORDER BY given.place RETURNING ${rowSql(relation)}`
}

export function updateSql({ place, relation }: Opened, columns: readonly string[]): string {
  const values = columns.map((name) => `${quoted(name)} = own.${quoted(name)}`)
  return `UPDATE ${place} AS r SET ${values.join(', ')} FROM jsonb_populate_record(NULL::${place}, $1::text::jsonb) AS own
WHERE r.${ROW_KEY} = $2::text::bigint RETURNING ${rowSql(relation)}`
}

export const deleteSql = ({ place, relation }: Opened): string =>
  `DELETE FROM ${place} AS r WHERE r.${ROW_KEY} = $1::text::bigint RETURNING ${rowSql(relation)}`
