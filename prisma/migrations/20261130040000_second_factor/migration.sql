-- CreateTable
CREATE TABLE "second_factor" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "secret" BYTEA NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "last_step" INTEGER,

    CONSTRAINT "second_factor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recovery_code" (
    "hash" BYTEA NOT NULL,
    "user_id" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recovery_code_pkey" PRIMARY KEY ("hash")
);

-- AlterTable
ALTER TABLE "membership" ADD COLUMN "has_second_factor" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "second_factor_user_id_idx" ON "second_factor"("user_id");

-- CreateIndex
CREATE INDEX "second_factor_key_id_idx" ON "second_factor"("key_id");

-- CreateIndex
CREATE INDEX "recovery_code_user_id_idx" ON "recovery_code"("user_id");

-- AddForeignKey
ALTER TABLE "second_factor" ADD CONSTRAINT "second_factor_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recovery_code" ADD CONSTRAINT "recovery_code_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One is in force, and one waits to take its place.
CREATE UNIQUE INDEX "second_factor_in_force" ON "second_factor" ("user_id") WHERE "confirmed_at" IS NOT NULL;
CREATE UNIQUE INDEX "second_factor_waiting" ON "second_factor" ("user_id") WHERE "confirmed_at" IS NULL;

-- Not a tenant's: only the server itself reads and writes them.
GRANT SELECT, INSERT, UPDATE, DELETE ON second_factor, recovery_code TO opsgraph_system;

-- Organizations that a person belongs to see whether there is one; those that only invited them are told nothing of it.
CREATE FUNCTION second_factor_shown() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE person int := coalesce(NEW.user_id, OLD.user_id);
DECLARE there_is boolean := EXISTS (SELECT 1 FROM second_factor WHERE user_id = person AND confirmed_at IS NOT NULL);
BEGIN
  UPDATE membership SET has_second_factor = there_is
  WHERE user_id = person AND status NOT IN ('invited', 'removed') AND has_second_factor <> there_is;
  RETURN NULL;
END $$;
CREATE TRIGGER second_factor_shown AFTER INSERT OR DELETE OR UPDATE OF confirmed_at ON second_factor
  FOR EACH ROW EXECUTE FUNCTION second_factor_shown();

-- Only the server itself lets somebody in, and may look; whoever else changes a membership neither may nor need.
CREATE FUNCTION membership_second_factor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status IN ('invited', 'removed') THEN
    NEW.has_second_factor := false;
  ELSIF TG_OP = 'INSERT' OR OLD.status IN ('invited', 'removed') THEN
    NEW.has_second_factor := EXISTS (SELECT 1 FROM second_factor WHERE user_id = NEW.user_id AND confirmed_at IS NOT NULL);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER membership_second_factor BEFORE INSERT OR UPDATE OF status ON membership
  FOR EACH ROW EXECUTE FUNCTION membership_second_factor();
