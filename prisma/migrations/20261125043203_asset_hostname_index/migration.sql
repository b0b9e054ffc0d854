CREATE INDEX CONCURRENTLY IF NOT EXISTS "asset_organization_id_hostname_id_idx" ON "asset"("organization_id", "hostname", "id");
