-- CreateTable
CREATE TABLE "managed_space" (
    "organization_id" INTEGER NOT NULL,
    "schema_name" TEXT NOT NULL,
    "role_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "managed_space_pkey" PRIMARY KEY ("organization_id")
);

-- CreateTable
CREATE TABLE "managed_table" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "group_id" INTEGER,
    "name" TEXT NOT NULL,
    "physical_name" TEXT NOT NULL,
    "managed" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "managed_table_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "managed_space_schema_name_key" ON "managed_space"("schema_name");

-- CreateIndex
CREATE UNIQUE INDEX "managed_space_role_name_key" ON "managed_space"("role_name");

-- CreateIndex
CREATE INDEX "managed_table_organization_id_name_id_idx" ON "managed_table"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "managed_table_organization_id_created_at_id_idx" ON "managed_table"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "managed_table_organization_id_group_id_name_id_idx" ON "managed_table"("organization_id", "group_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "managed_table_organization_id_name_key" ON "managed_table"("organization_id", "name", "group_id");

-- CreateIndex
CREATE UNIQUE INDEX "managed_table_organization_id_physical_name_key" ON "managed_table"("organization_id", "physical_name");

-- AddForeignKey
ALTER TABLE "managed_table" ADD CONSTRAINT "managed_table_organization_id_group_id_fkey" FOREIGN KEY ("organization_id", "group_id") REFERENCES "group"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('managed_space', rights => 'SELECT, INSERT');
SELECT opsgraph_protect('managed_table');

-- The role of an organization's tables is nobody here: what PUBLIC may do, it may do.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION opsgraph_protect(regclass, text, text), opsgraph_partition(regclass, date, text),
  opsgraph_searchable(regclass), opsgraph_organization(), opsgraph_user() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION opsgraph_organization(), opsgraph_user() TO opsgraph_app, opsgraph_system;
