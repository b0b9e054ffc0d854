-- CreateIndex
CREATE INDEX "vehicle_organization_id_status_id_idx" ON "vehicle"("organization_id", "status", "id");

-- CreateIndex
CREATE INDEX "vehicle_organization_id_license_plate_id_idx" ON "vehicle"("organization_id", "license_plate", "id");

-- CreateIndex
CREATE INDEX "vehicle_organization_id_insurance_expires_at_id_idx" ON "vehicle"("organization_id", "insurance_expires_at", "id");

-- CreateIndex
CREATE INDEX "vehicle_organization_id_registration_expires_at_id_idx" ON "vehicle"("organization_id", "registration_expires_at", "id");

-- CreateIndex: who has driven most comes first, and who has no odometer last.
CREATE INDEX "vehicle_organization_id_current_mileage_id_idx" ON "vehicle"("organization_id", "current_mileage" DESC NULLS LAST, "id" DESC);

-- CreateIndex
CREATE INDEX "monitor_organization_id_status_id_idx" ON "monitor"("organization_id", "status", "id");

-- CreateIndex
CREATE INDEX "monitor_organization_id_ssl_expires_at_id_idx" ON "monitor"("organization_id", "ssl_expires_at", "id");

-- CreateIndex
CREATE INDEX "password_entry_organization_id_updated_at_id_idx" ON "password_entry"("organization_id", "updated_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "password_entry_organization_id_password_type_id_idx" ON "password_entry"("organization_id", "password_type", "id");

-- CreateIndex
CREATE INDEX "password_entry_organization_id_username_id_idx" ON "password_entry"("organization_id", "username", "id");
