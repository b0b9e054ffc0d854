/** What PostGraphile exposes besides tables: it has no search and no several writes in one mutation of its own. */
export const PEER_FUNCTIONS = `
CREATE SCHEMA IF NOT EXISTS bench;

CREATE OR REPLACE FUNCTION bench.search_assets(search text) RETURNS SETOF asset LANGUAGE sql STABLE AS $$
  SELECT * FROM asset WHERE search_text LIKE '%' || search || '%' ORDER BY created_at DESC, id DESC
$$;

CREATE OR REPLACE FUNCTION bench.record_asset(name text, asset_type text, serial_number text, location text, notes text)
  RETURNS asset LANGUAGE plpgsql VOLATILE AS $$
DECLARE created asset;
BEGIN
  INSERT INTO asset (organization_id, name, asset_type, serial_number, location, notes)
    VALUES (opsgraph_organization(), $1, $2, $3, $4, $5) RETURNING * INTO created;
  INSERT INTO event (organization_id, type, data, request_id, at)
    VALUES (created.organization_id, 'asset.created', to_jsonb(created) - 'search_text', '-', now());
  INSERT INTO audit_event (organization_id, actor_kind, actor_id, actor_name, action, target_type, target_id, changes, address, request_id, at)
    VALUES (created.organization_id, 'key', current_setting('bench.key_id')::int, 'Bench', 'asset.created', 'asset', created.id::text, to_jsonb(created) - 'search_text', '127.0.0.1', '-', now());
  RETURN created;
END $$;

GRANT USAGE ON SCHEMA bench TO opsgraph_app, opsgraph_system;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bench TO opsgraph_app, opsgraph_system;
`
