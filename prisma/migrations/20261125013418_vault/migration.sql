-- CreateEnum
CREATE TYPE "password_type" AS ENUM ('website', 'email', 'windows_ad', 'database', 'ssh_key', 'api_key', 'otp', 'credit_card', 'network_device', 'server', 'ftp', 'vpn', 'wifi', 'software_license', 'other');

-- CreateEnum
CREATE TYPE "breach_status" AS ENUM ('unknown', 'safe', 'breached');

-- CreateEnum
CREATE TYPE "reveal_state" AS ENUM ('pending', 'approved', 'used', 'refused');

-- CreateTable
CREATE TABLE "password_entry" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "asset_id" INTEGER,
    "title" TEXT NOT NULL,
    "password_type" "password_type" NOT NULL DEFAULT 'website',
    "username" TEXT,
    "url" TEXT,
    "notes" TEXT,
    "otp_issuer" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "requires_approval" BOOLEAN NOT NULL DEFAULT false,
    "breach_status" "breach_status" NOT NULL DEFAULT 'unknown',
    "breach_count" INTEGER,
    "last_breach_check" TIMESTAMPTZ(3),
    "has_password" BOOLEAN NOT NULL DEFAULT false,
    "has_otp" BOOLEAN NOT NULL DEFAULT false,
    "secret_version" INTEGER NOT NULL DEFAULT 1,
    "password" BYTEA,
    "otp_secret" BYTEA,
    "wrapped_key" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "search_text" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "password_entry_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "password_entry_tag" (
    "organization_id" INTEGER NOT NULL,
    "password_entry_id" INTEGER NOT NULL,
    "tag_id" INTEGER NOT NULL,

    CONSTRAINT "password_entry_tag_pkey" PRIMARY KEY ("organization_id","password_entry_id","tag_id")
);

-- CreateTable
CREATE TABLE "reveal_grant" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "password_entry_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "state" "reveal_state" NOT NULL DEFAULT 'pending',
    "single_use" BOOLEAN NOT NULL DEFAULT true,
    "decided_by_id" INTEGER,
    "decided_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reveal_grant_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "password_entry_organization_id_created_at_id_idx" ON "password_entry"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "password_entry_organization_id_title_id_idx" ON "password_entry"("organization_id", "title", "id");

-- CreateIndex
CREATE INDEX "password_entry_organization_id_expires_at_id_idx" ON "password_entry"("organization_id", "expires_at", "id");

-- CreateIndex
CREATE INDEX "password_entry_organization_id_asset_id_idx" ON "password_entry"("organization_id", "asset_id");

-- CreateIndex
CREATE INDEX "password_entry_tag_organization_id_tag_id_idx" ON "password_entry_tag"("organization_id", "tag_id");

-- CreateIndex
CREATE INDEX "reveal_grant_organization_id_created_at_id_idx" ON "reveal_grant"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "reveal_grant_organization_id_password_entry_id_user_id_stat_idx" ON "reveal_grant"("organization_id", "password_entry_id", "user_id", "state");

-- AddForeignKey
ALTER TABLE "password_entry" ADD CONSTRAINT "password_entry_organization_id_asset_id_fkey" FOREIGN KEY ("organization_id", "asset_id") REFERENCES "asset"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_entry_tag" ADD CONSTRAINT "password_entry_tag_organization_id_password_entry_id_fkey" FOREIGN KEY ("organization_id", "password_entry_id") REFERENCES "password_entry"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "password_entry_tag" ADD CONSTRAINT "password_entry_tag_organization_id_tag_id_fkey" FOREIGN KEY ("organization_id", "tag_id") REFERENCES "tag"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reveal_grant" ADD CONSTRAINT "reveal_grant_organization_id_password_entry_id_fkey" FOREIGN KEY ("organization_id", "password_entry_id") REFERENCES "password_entry"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reveal_grant" ADD CONSTRAINT "reveal_grant_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reveal_grant" ADD CONSTRAINT "reveal_grant_organization_id_decided_by_id_fkey" FOREIGN KEY ("organization_id", "decided_by_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('password_entry');
SELECT opsgraph_protect('password_entry_tag');
SELECT opsgraph_protect('reveal_grant');

-- What a search of the vault looks through, and flags that say what is stored and nothing else.
CREATE FUNCTION password_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search_text := lower(concat_ws(E'\n', NEW.title, NEW.username, NEW.url));
  NEW.has_password := NEW.password IS NOT NULL;
  NEW.has_otp := NEW.otp_secret IS NOT NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER password_entry_kept BEFORE INSERT OR UPDATE OF title, username, url, password, otp_secret, has_password, has_otp
  ON password_entry FOR EACH ROW EXECUTE FUNCTION password_entry_kept();
