-- CreateIndex
CREATE INDEX "password_entry_key_id_idx" ON "password_entry"("key_id");
