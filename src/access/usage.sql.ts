import { aloneWith } from '../db/alone.ts'
import { type ColumnType, GatheredRows } from '../db/gathered-rows.ts'
import type { SystemQuery } from '../db/tenant.ts'

/** One answered request. */
export type RequestRow = {
  organizationId: number
  apiKeyId: number | null
  userId: number | null
  requestId: string
  method: string
  path: string
  operation: string | null
  dialect: string | null
  status: number
  durationMs: number
  cost: number
  address: string
  at: Date
}

/** When and from where a key was last used. */
export type KeyUse = { apiKeyId: number; at: Date; address: string }

const COLUMNS = [
  ['organization_id', 'organizationId', 'int'],
  ['api_key_id', 'apiKeyId', 'int'],
  ['user_id', 'userId', 'int'],
  ['request_id', 'requestId', 'text'],
  ['method', 'method', 'text'],
  ['path', 'path', 'text'],
  ['operation', 'operation', 'text'],
  ['dialect', 'dialect', 'text'],
  ['status', 'status', 'int'],
  ['duration_ms', 'durationMs', 'real'],
  ['cost', 'cost', 'int'],
  ['address', 'address', 'text'],
  ['at', 'at', 'timestamptz'],
] as const satisfies readonly (readonly [string, keyof RequestRow, ColumnType])[]

const SHAPE = COLUMNS.map(([, field, type]) => [field, type] as const)

export type Requests = GatheredRows<RequestRow>
export const noRequests = (): Requests => new GatheredRows(SHAPE)

/** Batches are written one after the other: whoever reads on from a row's number misses none that is committed later. */
const INSERT = `
  WITH alone AS MATERIALIZED (SELECT ${aloneWith('request log')})
  INSERT INTO request_log (${COLUMNS.map(([column]) => column)})
  SELECT row.* FROM alone, unnest(${COLUMNS.map(([, , type], index) => `$${index + 1}::${type}[]`)}) AS row`

/** Locked in one order by every process, so that two batches cannot wait for each other. */
const TOUCH = `
  WITH used AS (
    SELECT * FROM unnest($1::int[], $2::timestamptz[], $3::text[]) AS used (id, at, address)
  ), locked AS (
    SELECT key.id FROM api_key key JOIN used USING (id)
    WHERE key.last_used_at IS NULL OR key.last_used_at < used.at
    ORDER BY key.id FOR NO KEY UPDATE OF key
  )
  UPDATE api_key key SET last_used_at = used.at, last_used_address = used.address
  FROM used JOIN locked USING (id)
  WHERE key.id = used.id`

export async function insertRequests(query: SystemQuery, rows: Requests): Promise<void> {
  await query(INSERT, rows.arrays(), 'request-log-insert')
}

export async function touchKeys(query: SystemQuery, uses: readonly KeyUse[]): Promise<void> {
  const columns = [uses.map((use) => use.apiKeyId), uses.map((use) => use.at), uses.map((use) => use.address)]
  await query(TOUCH, columns, 'key-last-used')
}
