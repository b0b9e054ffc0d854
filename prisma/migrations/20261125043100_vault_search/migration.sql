-- CreateIndex
CREATE INDEX "password_entry_organization_id_search_text_idx" ON "password_entry" USING GIN ("organization_id" int4_ops, "search_text" gin_trgm_ops) WITH (gin_pending_list_limit = 1024);

SELECT opsgraph_searchable('password_entry');
