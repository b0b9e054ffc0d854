-- CreateEnum
CREATE TYPE "monitor_kind" AS ENUM ('website', 'wan');

-- CreateEnum
CREATE TYPE "check_type" AS ENUM ('http', 'tcp', 'icmp', 'dns', 'tls');

-- CreateEnum
CREATE TYPE "monitor_status" AS ENUM ('up', 'down', 'warning', 'unknown');

-- CreateTable
CREATE TABLE "monitor" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "asset_id" INTEGER,
    "app_id" INTEGER,
    "name" TEXT NOT NULL,
    "kind" "monitor_kind" NOT NULL DEFAULT 'website',
    "url" TEXT,
    "target" TEXT,
    "check_type" "check_type" NOT NULL,
    "check_interval_minutes" INTEGER NOT NULL DEFAULT 5,
    "is_enabled" BOOLEAN NOT NULL DEFAULT true,
    "status" "monitor_status" NOT NULL DEFAULT 'unknown',
    "last_checked_at" TIMESTAMPTZ(3),
    "last_status_code" INTEGER,
    "last_response_time_ms" INTEGER,
    "uptime_percentage" DOUBLE PRECISION,
    "ssl_expires_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "search_text" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "monitor_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "monitor_organization_id_created_at_id_idx" ON "monitor"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "monitor_organization_id_name_id_idx" ON "monitor"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "monitor_organization_id_asset_id_idx" ON "monitor"("organization_id", "asset_id");

-- CreateIndex
CREATE INDEX "monitor_organization_id_app_id_idx" ON "monitor"("organization_id", "app_id");

-- AddForeignKey
ALTER TABLE "monitor" ADD CONSTRAINT "monitor_organization_id_asset_id_fkey" FOREIGN KEY ("organization_id", "asset_id") REFERENCES "asset"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "monitor" ADD CONSTRAINT "monitor_organization_id_app_id_fkey" FOREIGN KEY ("organization_id", "app_id") REFERENCES "app"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('monitor');

-- What a search of monitors looks through.
CREATE FUNCTION monitor_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search_text := lower(concat_ws(E'\n', NEW.name, NEW.url, NEW.target));
  RETURN NEW;
END $$;
CREATE TRIGGER monitor_search_text BEFORE INSERT OR UPDATE OF name, url, target
  ON monitor FOR EACH ROW EXECUTE FUNCTION monitor_search_text();
