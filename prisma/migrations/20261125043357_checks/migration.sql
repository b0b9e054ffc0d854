-- AlterEnum
ALTER TYPE "check_type" ADD VALUE 'domain';

-- AlterTable
ALTER TABLE "monitor" ADD COLUMN     "domain_expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "expected_status_code" INTEGER,
ADD COLUMN     "expected_text" TEXT,
ADD COLUMN     "slow_after_ms" INTEGER,
ADD COLUMN     "status_changed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "monitor_schedule" (
    "organization_id" INTEGER NOT NULL,
    "monitor_id" INTEGER NOT NULL,
    "next_check_at" TIMESTAMPTZ(3) NOT NULL,
    "pending_status" "monitor_status",
    "pending_since" TIMESTAMPTZ(3),

    CONSTRAINT "monitor_schedule_pkey" PRIMARY KEY ("organization_id","monitor_id")
);

-- CreateTable
CREATE TABLE "monitor_check" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "monitor_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "status" "monitor_status" NOT NULL,
    "via" TEXT NOT NULL,
    "status_code" INTEGER,
    "response_time_ms" INTEGER,
    "error" TEXT,

    CONSTRAINT "monitor_check_pkey" PRIMARY KEY ("organization_id","id","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "incident" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "monitor_id" INTEGER NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "cause" TEXT,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "uptime_day" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "monitor_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "checks" INTEGER NOT NULL,
    "failures" INTEGER NOT NULL,
    "responses" INTEGER NOT NULL,
    "response_time_ms" BIGINT NOT NULL,

    CONSTRAINT "uptime_day_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "monitor_schedule_next_check_at_idx" ON "monitor_schedule"("next_check_at");

-- CreateIndex
CREATE INDEX "monitor_check_organization_id_monitor_id_at_id_idx" ON "monitor_check"("organization_id", "monitor_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "incident_organization_id_opened_at_id_idx" ON "incident"("organization_id", "opened_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "incident_organization_id_monitor_id_opened_at_id_idx" ON "incident"("organization_id", "monitor_id", "opened_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "uptime_day_organization_id_monitor_id_day_key" ON "uptime_day"("organization_id", "monitor_id", "day");

-- AddForeignKey
ALTER TABLE "monitor_schedule" ADD CONSTRAINT "monitor_schedule_organization_id_monitor_id_fkey" FOREIGN KEY ("organization_id", "monitor_id") REFERENCES "monitor"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "monitor_check" ADD CONSTRAINT "monitor_check_organization_id_monitor_id_fkey" FOREIGN KEY ("organization_id", "monitor_id") REFERENCES "monitor"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incident" ADD CONSTRAINT "incident_organization_id_monitor_id_fkey" FOREIGN KEY ("organization_id", "monitor_id") REFERENCES "monitor"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uptime_day" ADD CONSTRAINT "uptime_day_organization_id_monitor_id_fkey" FOREIGN KEY ("organization_id", "monitor_id") REFERENCES "monitor"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One time without an answer at a time.
CREATE UNIQUE INDEX "incident_organization_id_open_key" ON "incident"("organization_id", "monitor_id") WHERE closed_at IS NULL;

SELECT opsgraph_protect('monitor_schedule');
SELECT opsgraph_protect('monitor_check', rights => 'SELECT, INSERT');
SELECT opsgraph_protect('incident');
SELECT opsgraph_protect('uptime_day');
SELECT opsgraph_searchable('monitor');

-- These rows change with every check: in place, where their page has room for it.
ALTER TABLE monitor SET (fillfactor = 70);
ALTER TABLE uptime_day SET (fillfactor = 70);
ALTER TABLE monitor_schedule SET (fillfactor = 50);

-- A month of a partitioned table, in UTC, behind the same wall. Made by whoever owns the table, months ahead.
CREATE FUNCTION opsgraph_partition(parent regclass, month date, rights text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first date := date_trunc('month', month);
  partition text := format('%s_%s', (SELECT relname FROM pg_class WHERE oid = parent), to_char(first, 'YYYY_MM'));
BEGIN
  IF to_regclass(quote_ident(partition)) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)',
    partition, parent, first || ' 00:00+00', (first + interval '1 month')::date || ' 00:00+00');
  PERFORM opsgraph_protect(quote_ident(partition)::regclass, rights => rights);
END $$;

-- Spread over the interval by the monitor's number, so that those of one interval are not all due at once.
CREATE FUNCTION monitor_next_check(monitor int, minutes int) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT to_timestamp((floor((extract(epoch FROM now()) - phase) / period) + 1) * period + phase)
  FROM (SELECT minutes * 60 AS period, monitor::bigint * 2654435761 % 4294967296 % (minutes * 60000) / 1000.0 AS phase) AS spread
$$;

-- A monitor is due at once when it is set up, resumed, or told to look at something else.
CREATE FUNCTION monitor_scheduled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT NEW.is_enabled THEN
    DELETE FROM monitor_schedule WHERE organization_id = NEW.organization_id AND monitor_id = NEW.id;
  ELSIF TG_OP = 'INSERT' OR (OLD.is_enabled, OLD.kind, OLD.check_type, OLD.url, OLD.target, OLD.check_interval_minutes, OLD.expected_status_code, OLD.expected_text, OLD.slow_after_ms)
    IS DISTINCT FROM (NEW.is_enabled, NEW.kind, NEW.check_type, NEW.url, NEW.target, NEW.check_interval_minutes, NEW.expected_status_code, NEW.expected_text, NEW.slow_after_ms) THEN
    INSERT INTO monitor_schedule (organization_id, monitor_id, next_check_at) VALUES (NEW.organization_id, NEW.id, now())
    ON CONFLICT (organization_id, monitor_id) DO UPDATE SET next_check_at = now(), pending_status = NULL, pending_since = NULL;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER monitor_scheduled AFTER INSERT OR UPDATE OF is_enabled, kind, check_type, url, target, check_interval_minutes, expected_status_code, expected_text, slow_after_ms
  ON monitor FOR EACH ROW EXECUTE FUNCTION monitor_scheduled();

-- Monitors that were there before: only the server's own role sees them all.
SET LOCAL ROLE opsgraph_system;
INSERT INTO monitor_schedule (organization_id, monitor_id, next_check_at)
SELECT organization_id, id, monitor_next_check(id, check_interval_minutes) FROM monitor WHERE is_enabled;
RESET ROLE;
