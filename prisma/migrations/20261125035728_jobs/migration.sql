-- CreateEnum
CREATE TYPE "job_state" AS ENUM ('queued', 'running', 'retrying', 'succeeded', 'failed', 'cancelled');

-- CreateTable
CREATE TABLE "job" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "state" "job_state" NOT NULL DEFAULT 'queued',
    "input" JSONB NOT NULL DEFAULT '{}',
    "key" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL,
    "outcome" JSONB,
    "error" TEXT,
    "request_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "run_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "ticket" UUID NOT NULL DEFAULT gen_random_uuid(),
    "handed_over" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "job_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "job_organization_id_created_at_id_idx" ON "job"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "job_organization_id_name_created_at_idx" ON "job"("organization_id", "name", "created_at" DESC);

-- One at a time: a job with the same name and key that waits or runs stands in the way of another.
CREATE UNIQUE INDEX "job_organization_id_key_key" ON "job"("organization_id", "name", "key") WHERE state IN ('queued', 'running', 'retrying');

-- What no worker has handed to the queue yet.
CREATE INDEX "job_organization_id_waiting_idx" ON "job"("organization_id", "id") WHERE state IN ('queued', 'retrying') AND NOT handed_over;

SELECT opsgraph_protect('job');

-- Workers listen: a job that was queued is handed over at once, and one that was cancelled is told to stop.
CREATE FUNCTION job_announced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('opsgraph_jobs', NEW.state || ' ' || NEW.organization_id || ' ' || NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER job_queued AFTER INSERT OR UPDATE OF ticket ON job
  FOR EACH ROW WHEN (NEW.state IN ('queued', 'retrying') AND NOT NEW.handed_over) EXECUTE FUNCTION job_announced();
CREATE TRIGGER job_cancelled AFTER UPDATE OF state ON job
  FOR EACH ROW WHEN (NEW.state = 'cancelled') EXECUTE FUNCTION job_announced();
