-- CreateEnum
CREATE TYPE "credential_kind" AS ENUM ('stored', 'issued');

-- CreateEnum
CREATE TYPE "credential_engine" AS ENUM ('postgresql', 'mysql', 'mariadb', 'mongodb', 'redis', 'sqlserver', 'clickhouse');

-- CreateEnum
CREATE TYPE "credential_access" AS ENUM ('read', 'read_write');

-- CreateTable
CREATE TABLE "credential" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "group_id" INTEGER,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "kind" "credential_kind" NOT NULL DEFAULT 'stored',
    "engine" "credential_engine" NOT NULL,
    "host" TEXT NOT NULL,
    "port" INTEGER,
    "database" TEXT,
    "username" TEXT,
    "masked_uri" TEXT NOT NULL,
    "access" "credential_access",
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "requires_reason" BOOLEAN NOT NULL DEFAULT true,
    "requires_approval" BOOLEAN NOT NULL DEFAULT false,
    "minimum_role" "role" NOT NULL DEFAULT 'admin',
    "reveals_per_hour" INTEGER NOT NULL DEFAULT 10,
    "secret_version" INTEGER NOT NULL DEFAULT 1,
    "rotated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "uri" BYTEA,
    "wrapped_key" BYTEA NOT NULL,
    "key_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "credential_grant" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "credential_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "state" "reveal_state" NOT NULL DEFAULT 'pending',
    "single_use" BOOLEAN NOT NULL DEFAULT true,
    "decided_by_id" INTEGER,
    "decided_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "credential_grant_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "credential_organization_id_name_id_idx" ON "credential"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "credential_organization_id_created_at_id_idx" ON "credential"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "credential_organization_id_group_id_name_id_idx" ON "credential"("organization_id", "group_id", "name", "id");

-- CreateIndex
CREATE INDEX "credential_organization_id_expires_at_id_idx" ON "credential"("organization_id", "expires_at", "id");

-- CreateIndex
CREATE INDEX "credential_key_id_idx" ON "credential"("key_id");

-- CreateIndex
CREATE INDEX "credential_grant_organization_id_created_at_id_idx" ON "credential_grant"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "credential_grant_organization_id_credential_id_user_id_stat_idx" ON "credential_grant"("organization_id", "credential_id", "user_id", "state");

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_organization_id_group_id_fkey" FOREIGN KEY ("organization_id", "group_id") REFERENCES "group"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential_grant" ADD CONSTRAINT "credential_grant_organization_id_credential_id_fkey" FOREIGN KEY ("organization_id", "credential_id") REFERENCES "credential"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential_grant" ADD CONSTRAINT "credential_grant_organization_id_user_id_fkey" FOREIGN KEY ("organization_id", "user_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential_grant" ADD CONSTRAINT "credential_grant_organization_id_decided_by_id_fkey" FOREIGN KEY ("organization_id", "decided_by_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('credential');
SELECT opsgraph_protect('credential_grant');

-- Roles of issued credentials are nobody here: what PUBLIC may do, they may do.
REVOKE EXECUTE ON FUNCTION monitor_next_check(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION monitor_next_check(integer, integer) TO opsgraph_app, opsgraph_system;
