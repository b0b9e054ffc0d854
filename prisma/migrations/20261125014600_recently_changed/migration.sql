-- CreateIndex
CREATE INDEX "monitor_organization_id_updated_at_id_idx" ON "monitor"("organization_id", "updated_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "vehicle_organization_id_updated_at_id_idx" ON "vehicle"("organization_id", "updated_at" DESC, "id" DESC);
