-- CreateEnum
CREATE TYPE "membership_status" AS ENUM ('invited', 'active', 'disabled', 'removed');

-- AlterTable
ALTER TABLE "membership" ADD COLUMN "status" "membership_status" NOT NULL DEFAULT 'active',
ADD COLUMN "display_name" TEXT NOT NULL DEFAULT '',
ADD COLUMN "locale" TEXT NOT NULL DEFAULT '',
ADD COLUMN "invitation_hash" BYTEA,
ADD COLUMN "invitation_expires_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "session" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "address" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_token" (
    "hash" BYTEA NOT NULL,
    "session_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "signing_key" (
    "id" SERIAL NOT NULL,
    "kid" TEXT NOT NULL,
    "public_key" JSONB NOT NULL,
    "private_key" BYTEA NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "membership_invitation_hash_key" ON "membership"("invitation_hash");

-- CreateIndex
CREATE INDEX "session_user_id_id_idx" ON "session"("user_id", "id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "refresh_token_session_id_idx" ON "refresh_token"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "signing_key_kid_key" ON "signing_key"("kid");

-- CreateIndex
CREATE INDEX "signing_key_key_id_idx" ON "signing_key"("key_id");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_token" ADD CONSTRAINT "refresh_token_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One key signs at a time, however many processes want to make the first.
CREATE UNIQUE INDEX "signing_key_current" ON "signing_key" ((true)) WHERE "retired_at" IS NULL;

-- A person's, so seen through their memberships, as the person is.
SELECT opsgraph_protect('session', 'EXISTS (SELECT 1 FROM membership m WHERE m.user_id = session.user_id AND m.organization_id = opsgraph_organization())', 'SELECT');

-- Not a tenant's: only the server itself reads and writes them.
GRANT SELECT, INSERT, UPDATE, DELETE ON refresh_token, signing_key TO opsgraph_system;

-- Whoever is not named by the organization goes by their own name.
CREATE FUNCTION membership_names() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE person app_user;
BEGIN
  IF NEW.display_name = '' OR NEW.locale = '' THEN
    SELECT * INTO person FROM app_user WHERE id = NEW.user_id;
    NEW.display_name := coalesce(nullif(NEW.display_name, ''), person.display_name, '');
    NEW.locale := coalesce(nullif(NEW.locale, ''), person.locale, '');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER membership_names BEFORE INSERT ON membership FOR EACH ROW EXECUTE FUNCTION membership_names();
ALTER TABLE membership DISABLE TRIGGER membership_announced;
SET LOCAL ROLE opsgraph_system;
UPDATE membership SET display_name = person.display_name, locale = person.locale FROM app_user person WHERE person.id = membership.user_id;
RESET ROLE;
ALTER TABLE membership ENABLE TRIGGER membership_announced;

-- Who was invited and has not accepted, or has left, does not belong.
ALTER POLICY their_own ON organization
  USING (EXISTS (SELECT 1 FROM membership m WHERE m.organization_id = organization.id AND m.user_id = opsgraph_user() AND m.status = 'active'));

-- A session that ends is forgotten by every process, with whatever else is remembered of the person.
CREATE TRIGGER session_announced AFTER UPDATE OF revoked_at OR DELETE ON session
  FOR EACH ROW EXECUTE FUNCTION opsgraph_announce('user', 'user_id');
