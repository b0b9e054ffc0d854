CREATE INDEX CONCURRENTLY IF NOT EXISTS "asset_organization_id_search_text_idx" ON "asset" USING GIN ("organization_id" int4_ops, "search_text" gin_trgm_ops) WITH (gin_pending_list_limit = 1024);
