CREATE INDEX CONCURRENTLY IF NOT EXISTS "asset_organization_id_ip_address_id_idx" ON "asset"("organization_id", "ip_address", "id");
