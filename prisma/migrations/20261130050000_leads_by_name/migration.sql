-- CreateIndex
CREATE INDEX "lead_organization_id_name_id_idx" ON "lead"("organization_id", "name", "id");
