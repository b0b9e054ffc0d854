import { page, SEARCHED, type StatementName } from './statements.sql.ts'

/** What this product's REST documents show of the same rows: more columns, tags, and who created it. $1 is the organization. */

const LEAD =
  'id, name, email, phone, company, source, status, score, notes, client_id, owner_id, created_at, updated_at'

const asset = (a: string) => `${a}.id, ${a}.name, ${a}.asset_type, ${a}.serial_number, ${a}.model, ${a}.manufacturer,
  ${a}.hostname, ${a}.ip_address, ${a}.mac_address, ${a}.location, ${a}.notes,
  (SELECT coalesce(json_agg(t), '[]'::json) FROM (
    SELECT g.id, g.name, g.slug, g.color FROM asset_tag x JOIN tag g ON g.organization_id = $1 AND g.id = x.tag_id
    WHERE x.organization_id = $1 AND x.asset_id = ${a}.id ORDER BY g.name, g.id) t) AS tags,
  ${a}.custom_fields, ${a}.is_active, ${a}.organization_id AS organization, ${a}.created_at, ${a}.updated_at,
  ${a}.created_by_id AS created_by,
  (SELECT m.display_name FROM membership m WHERE m.organization_id = $1 AND m.user_id = ${a}.created_by_id) AS created_by_name`

export const documented = (statements: Record<StatementName, string>): Record<StatementName, string> => ({
  ...statements,
  leads: page('lead', LEAD, 'organization_id = $1', 'LIMIT $2'),
  assets: page('asset', asset('asset'), SEARCHED, 'LIMIT $3 OFFSET $4'),
  asset: `SELECT row_to_json(r)::text AS json FROM (SELECT ${asset('asset')} FROM asset WHERE organization_id = $1 AND id = $2) r`,
  createAsset: statements.createAsset.replace(
    /SELECT row_to_json[\s\S]*$/,
    `SELECT row_to_json(r)::text AS json FROM (SELECT ${asset('created')} FROM created) r`,
  ),
})
