-- CreateEnum
CREATE TYPE "backup_status" AS ENUM ('queued', 'running', 'succeeded', 'failed');

-- CreateTable
CREATE TABLE "backup_run" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "project_id" INTEGER,
    "schedule_id" INTEGER,
    "project_slug" TEXT NOT NULL,
    "project_name" TEXT NOT NULL,
    "status" "backup_status" NOT NULL DEFAULT 'queued',
    "job_id" INTEGER,
    "tables_done" INTEGER NOT NULL DEFAULT 0,
    "tables_total" INTEGER,
    "row_count" BIGINT NOT NULL DEFAULT 0,
    "checksum" TEXT,
    "size_bytes" BIGINT,
    "error" TEXT,
    "verification" "backup_status",
    "verification_error" TEXT,
    "verified_at" TIMESTAMPTZ(3),
    "restoration" "backup_status",
    "restoration_error" TEXT,
    "restored_at" TIMESTAMPTZ(3),
    "restored_project_id" INTEGER,
    "keep_until" TIMESTAMPTZ(3),
    "storage_key" TEXT NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "backup_run_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "backup_schedule" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "project_id" INTEGER NOT NULL,
    "every_hours" INTEGER NOT NULL,
    "keep_days" INTEGER NOT NULL DEFAULT 30,
    "keep_last" INTEGER,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "next_run_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "backup_schedule_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "backup_run_organization_id_created_at_id_idx" ON "backup_run"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "backup_run_organization_id_project_id_created_at_id_idx" ON "backup_run"("organization_id", "project_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "backup_run_organization_id_restored_project_id_idx" ON "backup_run"("organization_id", "restored_project_id");

-- CreateIndex
CREATE INDEX "backup_run_organization_id_schedule_id_created_at_id_idx" ON "backup_run"("organization_id", "schedule_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "backup_run_key_id_idx" ON "backup_run"("key_id");

-- CreateIndex
CREATE INDEX "backup_schedule_organization_id_created_at_id_idx" ON "backup_schedule"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "backup_schedule_organization_id_project_id_id_idx" ON "backup_schedule"("organization_id", "project_id", "id");

-- AddForeignKey
ALTER TABLE "backup_run" ADD CONSTRAINT "backup_run_organization_id_project_id_fkey" FOREIGN KEY ("organization_id", "project_id") REFERENCES "project"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup_run" ADD CONSTRAINT "backup_run_organization_id_restored_project_id_fkey" FOREIGN KEY ("organization_id", "restored_project_id") REFERENCES "project"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup_run" ADD CONSTRAINT "backup_run_organization_id_schedule_id_fkey" FOREIGN KEY ("organization_id", "schedule_id") REFERENCES "backup_schedule"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup_schedule" ADD CONSTRAINT "backup_schedule_organization_id_project_id_fkey" FOREIGN KEY ("organization_id", "project_id") REFERENCES "project"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('backup_schedule');
SELECT opsgraph_protect('backup_run');

-- A backup stands as its job does, however that ends and whoever ends it.
CREATE FUNCTION backup_job_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  waits boolean := NEW.state = 'queued';
  stands backup_status := CASE WHEN waits THEN 'queued' ELSE 'failed' END;
  why text := CASE WHEN waits THEN NULL WHEN NEW.state = 'cancelled' THEN 'It was cancelled.' ELSE NEW.error END;
BEGIN
  IF NEW.name = 'backups.run' THEN
    UPDATE backup_run SET status = stands, error = why, finished_at = NEW.finished_at
      WHERE organization_id = NEW.organization_id AND job_id = NEW.id AND status <> 'succeeded';
  ELSIF NEW.name = 'backups.verify' THEN
    UPDATE backup_run SET verification = stands, verification_error = why,
      verified_at = CASE WHEN NEW.state = 'failed' THEN NULL ELSE verified_at END
      WHERE organization_id = NEW.organization_id AND job_id = NEW.id AND verification <> 'succeeded';
  ELSE
    UPDATE backup_run SET restoration = stands, restoration_error = why
      WHERE organization_id = NEW.organization_id AND job_id = NEW.id AND restoration <> 'succeeded';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER backup_job_changed AFTER UPDATE OF state ON job FOR EACH ROW
  WHEN (NEW.name LIKE 'backups.%' AND (NEW.state IN ('failed', 'cancelled') OR NEW.state = 'queued' AND OLD.state IN ('failed', 'cancelled')))
  EXECUTE FUNCTION backup_job_changed();
