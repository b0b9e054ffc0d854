/** Tables whose rows have keys of their own. */
export const SEALED_TABLES = [
  'password_entry',
  'credential',
  'webhook_endpoint',
  'signing_key',
  'second_factor',
  'backup_run',
] as const

/** Keys that sign, and what people prove themselves by, belong to no organization. */
const NOBODYS: readonly string[] = ['signing_key', 'second_factor']
const ownerIn = (table: string): string => (NOBODYS.includes(table) ? '0' : 'organization_id')

export type SealedRow = { organization: number; id: number; key: string; wrapped: Buffer }

/** Rows after a key whose key is encrypted by another master key than this one, in the order of the primary key. */
export const nextRows = (table: string): string => `
  SELECT ${ownerIn(table)} AS organization, id, key_id AS key, wrapped_key AS wrapped FROM ${table}
  WHERE (${ownerIn(table)}, id) > ($1::int, $2::int) AND key_id <> $3 ORDER BY organization, id LIMIT $4`

/** Each row as long as it is what was read: whoever was faster is left alone. */
export const rewrapRows = (table: string): string => `
  UPDATE ${table} t SET wrapped_key = n.wrapped, key_id = $1
  FROM unnest($2::int[], $3::int[], $4::bytea[], $5::bytea[]) AS n (organization, id, was, wrapped)
  WHERE ${ownerIn(table) === '0' ? '0' : 't.organization_id'} = n.organization AND t.id = n.id AND t.wrapped_key = n.was`

export const countRows = (table: string): string => `
  SELECT count(*)::int AS rows, count(*) FILTER (WHERE key_id <> $1)::int AS waiting FROM ${table}`

/** The master keys in use, found in the index by one leap from each to the next, however many rows there are. */
export const usedKeys = (table: string): string => `
  WITH RECURSIVE used AS (
    (SELECT key_id FROM ${table} ORDER BY key_id LIMIT 1)
    UNION ALL
    SELECT (SELECT key_id FROM ${table} WHERE key_id > used.key_id ORDER BY key_id LIMIT 1) FROM used WHERE key_id IS NOT NULL
  ) SELECT key_id AS key FROM used WHERE key_id IS NOT NULL`

export const rowsUnder = (table: string): string => `SELECT count(*)::int AS rows FROM ${table} WHERE key_id = $1`
