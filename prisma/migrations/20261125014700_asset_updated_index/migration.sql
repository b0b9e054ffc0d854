CREATE INDEX CONCURRENTLY IF NOT EXISTS "asset_organization_id_updated_at_id_idx" ON "asset"("organization_id", "updated_at" DESC, "id" DESC);
