-- CreateTable
CREATE TABLE "audit_seal" (
    "organization_id" INTEGER NOT NULL,
    "audit_event_id" BIGINT NOT NULL,
    "position" INTEGER NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_seal_pkey" PRIMARY KEY ("organization_id","audit_event_id")
);

-- CreateTable
CREATE TABLE "audit_waiting" (
    "organization_id" INTEGER NOT NULL,
    "audit_event_id" BIGINT NOT NULL,

    CONSTRAINT "audit_waiting_pkey" PRIMARY KEY ("organization_id","audit_event_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_seal_organization_id_position_key" ON "audit_seal"("organization_id", "position");

-- AddForeignKey
ALTER TABLE "audit_seal" ADD CONSTRAINT "audit_seal_organization_id_audit_event_id_fkey" FOREIGN KEY ("organization_id", "audit_event_id") REFERENCES "audit_event"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('audit_seal', rights => 'SELECT');
SELECT opsgraph_protect('audit_waiting', rights => 'SELECT, INSERT');
REVOKE UPDATE, DELETE ON audit_event, audit_seal FROM opsgraph_system;
REVOKE UPDATE ON audit_waiting FROM opsgraph_system;

-- Nobody changes the trail by mistake, not even the tables' owner; whoever does it on purpose is found by its hashes.
CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is only added to: % is refused.', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();
CREATE TRIGGER audit_seal_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();

-- What the server writes waits for its seal from its own transaction on. What anybody else inserts never gets one.
CREATE FUNCTION audit_event_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_waiting (organization_id, audit_event_id) SELECT organization_id, id FROM written;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_event_waits AFTER INSERT ON audit_event REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (current_user IN ('opsgraph_app', 'opsgraph_system')) EXECUTE FUNCTION audit_event_waits();
