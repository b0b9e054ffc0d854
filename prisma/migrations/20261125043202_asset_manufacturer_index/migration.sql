CREATE INDEX CONCURRENTLY IF NOT EXISTS "asset_organization_id_manufacturer_id_idx" ON "asset"("organization_id", "manufacturer", "id");
