/** The workloads by hand: one statement each, the JSON built by PostgreSQL. $1 is the organization. */

const LEAD = `id, name, email, phone, company, source, status, score, created_at AS "createdAt", updated_at AS "updatedAt"`
export const ASSET = `id, name, asset_type AS "assetType", serial_number AS "serialNumber", model, manufacturer, hostname, ip_address AS "ipAddress",
  mac_address AS "macAddress", location, notes, is_active AS "isActive", created_at AS "createdAt", updated_at AS "updatedAt"`

export const page = (table: string, columns: string, where: string, paging: string) => `
SELECT json_build_object(
  'totalCount', (SELECT count(*) FROM ${table} WHERE ${where}),
  'nodes', (SELECT coalesce(json_agg(r), '[]'::json) FROM (
    SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY created_at DESC, id DESC ${paging}) r)
)::text AS json`

export const SEARCHED = 'organization_id = $1 AND search_text LIKE $2'

export const STATEMENTS = {
  leads: page('lead', LEAD, 'organization_id = $1', 'LIMIT $2'),
  assets: page('asset', ASSET, SEARCHED, 'LIMIT $3 OFFSET $4'),
  asset: `SELECT row_to_json(r)::text AS json FROM (SELECT ${ASSET} FROM asset WHERE organization_id = $1 AND id = $2) r`,
  invoices: `
SELECT json_build_object('nodes', (SELECT coalesce(json_agg(r), '[]'::json) FROM (
  SELECT i.id, i.number, i.status, i.currency, i.total::text AS total, i.issued_on AS "issuedOn", i.due_on AS "dueOn",
    (SELECT json_build_object('id', c.id, 'name', c.name, 'email', c.email) FROM client c
      WHERE c.organization_id = $1 AND c.id = i.client_id) AS client,
    (SELECT coalesce(json_agg(l), '[]'::json) FROM (
      SELECT id, position, description, quantity::text AS quantity, unit_price::text AS "unitPrice", amount::text AS amount
      FROM invoice_line WHERE organization_id = $1 AND invoice_id = i.id ORDER BY position) l) AS lines
  FROM invoice i WHERE i.organization_id = $1 ORDER BY i.created_at DESC, i.id DESC LIMIT $2) r))::text AS json`,
  createAsset: `
WITH created AS (
  INSERT INTO asset (organization_id, name, asset_type, serial_number, location, notes) VALUES ($1, $2, $3, $4, $5, $6) RETURNING *
), told AS (
  SELECT id, to_jsonb(created) - 'search_text' - 'organization_id' AS data FROM created
), announced AS (
  INSERT INTO event (organization_id, type, data, request_id, at) SELECT $1, 'asset.created', data, $8, now() FROM told
), audited AS (
  INSERT INTO audit_event (organization_id, actor_kind, actor_id, actor_name, action, target_type, target_id, changes, address, request_id, at)
  SELECT $1, 'key', $7, 'Bench', 'asset.created', 'asset', id::text, data, '127.0.0.1', $8, now() FROM told
)
SELECT row_to_json(r)::text AS json FROM (SELECT ${ASSET} FROM created) r`,
}

export type StatementName = keyof typeof STATEMENTS
