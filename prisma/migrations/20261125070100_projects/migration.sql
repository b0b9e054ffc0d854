-- CreateTable
CREATE TABLE "project" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "archived_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "group" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "project_id" INTEGER NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "group_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "project_organization_id_name_id_idx" ON "project"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "project_organization_id_created_at_id_idx" ON "project"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "project_organization_id_slug_key" ON "project"("organization_id", "slug");

-- CreateIndex
CREATE INDEX "group_organization_id_name_id_idx" ON "group"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "group_organization_id_created_at_id_idx" ON "group"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "group_organization_id_project_id_name_id_idx" ON "group"("organization_id", "project_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "group_organization_id_slug_key" ON "group"("organization_id", "slug", "project_id");

-- AddForeignKey
ALTER TABLE "group" ADD CONSTRAINT "group_organization_id_project_id_fkey" FOREIGN KEY ("organization_id", "project_id") REFERENCES "project"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('project');
SELECT opsgraph_protect('"group"');
