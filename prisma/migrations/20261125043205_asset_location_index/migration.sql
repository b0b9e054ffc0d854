CREATE INDEX CONCURRENTLY IF NOT EXISTS "asset_organization_id_location_id_idx" ON "asset"("organization_id", "location", "id");
