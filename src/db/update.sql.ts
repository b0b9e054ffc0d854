import { ANNOUNCED, ANNOUNCING, shown, toldSql } from './announce.sql.ts'
import type { Table } from './tables.ts'

/** What a row was and became, field by field, where that differs. */
const CHANGES = `SELECT jsonb_object_agg(key, jsonb_build_object('from', before -> key, 'to', value)) FROM jsonb_each(data)
    WHERE before ? key AND key <> 'updatedAt' AND before -> key IS DISTINCT FROM value`

function assignments({ columns }: Table, fields: readonly string[]): string {
  const given = fields.map((field, at) => `${columns.get(field)!.name} = $${ANNOUNCING + at + 1}`)
  const touched = [...columns.values()].filter(({ isUpdatedAt }) => isUpdatedAt).map(({ name }) => `${name} = now()`)
  // What gives nothing, of a table that does not tell when its rows were changed, still says which row it means.
  return [...given, ...touched].join(', ') || 'id = own.id'
}

/**
 * A row is changed, and where that makes a difference there is an event and an audit row: one statement, and so one
 * transaction. It is held first, so that what it was is what it became another thing from. The id is the last parameter.
 */
export function updateStatement(
  table: Table,
  fields: readonly string[],
  hidden: readonly string[],
  wished?: string,
  beside?: string,
): string {
  const id = `$${ANNOUNCING + fields.length + 1}`
  const data = [toldSql(table, 'written', hidden), ...(beside ? [beside] : []), '$4::jsonb'].join(' || ')
  return `WITH was AS MATERIALIZED (SELECT * FROM ${table.name} WHERE organization_id = $1 AND id = ${id} FOR UPDATE),
written AS (
  UPDATE ${table.name} AS own SET ${assignments(table, fields)} FROM was
  WHERE own.organization_id = was.organization_id AND own.id = was.id RETURNING own.*
),
told AS (SELECT written.id, ${data} AS data, ${toldSql(table, 'was', hidden)} AS before FROM written, was),
compared AS (SELECT id, data, (${CHANGES}) AS changes FROM told),
changed AS (SELECT * FROM compared WHERE changes IS NOT NULL),
${ANNOUNCED('changed', 'changes')}
${shown(wished)}`
}
