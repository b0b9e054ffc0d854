CREATE INDEX CONCURRENTLY IF NOT EXISTS "asset_organization_id_asset_type_id_idx" ON "asset"("organization_id", "asset_type", "id");
