-- Both are trusted: whoever owns the database may install them.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- CreateIndex
CREATE INDEX "vehicle_organization_id_search_text_idx" ON "vehicle" USING GIN ("organization_id" int4_ops, "search_text" gin_trgm_ops) WITH (gin_pending_list_limit = 1024);

-- CreateIndex
CREATE INDEX "monitor_organization_id_search_text_idx" ON "monitor" USING GIN ("organization_id" int4_ops, "search_text" gin_trgm_ops) WITH (gin_pending_list_limit = 1024);

-- LIKE is not leakproof: behind a policy PostgreSQL never looks it up in an index. This view belongs to a role whose policy lets
-- everything through, and is itself the tenant's wall. Called again, it takes up the columns that the table has gained.
CREATE FUNCTION opsgraph_searchable(relation regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  view text := (SELECT quote_ident(relname || '_search') FROM pg_class WHERE oid = relation);
  before text := current_setting('role');
BEGIN
  GRANT CREATE ON SCHEMA public TO opsgraph_system;
  SET LOCAL ROLE opsgraph_system;
  EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT * FROM %s WHERE organization_id = opsgraph_organization()', view, relation);
  EXECUTE format('GRANT SELECT ON %s TO opsgraph_app', view);
  PERFORM set_config('role', before, true);
  REVOKE CREATE ON SCHEMA public FROM opsgraph_system;
END $$;

SELECT opsgraph_searchable(relation) FROM unnest(ARRAY['asset', 'vehicle', 'monitor']::regclass[]) relation;
