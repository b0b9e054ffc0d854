-- CreateEnum
CREATE TYPE "vehicle_type" AS ENUM ('car', 'suv', 'van', 'pickup', 'truck', 'bus', 'motorcycle', 'trailer', 'other');

-- CreateEnum
CREATE TYPE "vehicle_status" AS ENUM ('active', 'maintenance', 'inactive', 'retired');

-- CreateEnum
CREATE TYPE "vehicle_condition" AS ENUM ('excellent', 'good', 'fair', 'poor');

-- CreateEnum
CREATE TYPE "fuel_type" AS ENUM ('gasoline', 'diesel', 'hybrid', 'plug_in_hybrid', 'electric', 'lpg', 'cng', 'hydrogen', 'other');

-- CreateTable
CREATE TABLE "vehicle" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "assigned_to_id" INTEGER,
    "name" TEXT NOT NULL,
    "vehicle_type" "vehicle_type" NOT NULL DEFAULT 'other',
    "make" TEXT,
    "model" TEXT,
    "year" INTEGER,
    "color" TEXT,
    "vin" TEXT,
    "license_plate" TEXT,
    "status" "vehicle_status" NOT NULL DEFAULT 'active',
    "condition" "vehicle_condition",
    "current_mileage" INTEGER,
    "fuel_type" "fuel_type",
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "insurance_provider" TEXT,
    "insurance_policy_number" TEXT,
    "insurance_premium" DECIMAL(14,2),
    "insurance_expires_at" DATE,
    "registration_expires_at" DATE,
    "purchase_date" DATE,
    "purchase_price" DECIMAL(14,2),
    "purchase_mileage" INTEGER,
    "purchase_vendor" TEXT,
    "latitude" DOUBLE PRECISION,
    "longitude" DOUBLE PRECISION,
    "last_location_update" TIMESTAMPTZ(3),
    "notes" TEXT,
    "search_text" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "vehicle_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "vehicle_organization_id_created_at_id_idx" ON "vehicle"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "vehicle_organization_id_name_id_idx" ON "vehicle"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "vehicle_organization_id_assigned_to_id_idx" ON "vehicle"("organization_id", "assigned_to_id");

-- AddForeignKey
ALTER TABLE "vehicle" ADD CONSTRAINT "vehicle_organization_id_assigned_to_fkey" FOREIGN KEY ("organization_id", "assigned_to_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

SELECT opsgraph_protect('vehicle');

-- What a search of vehicles looks through.
CREATE FUNCTION vehicle_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search_text := lower(concat_ws(E'\n', NEW.name, NEW.make, NEW.model, NEW.vin, NEW.license_plate));
  RETURN NEW;
END $$;
CREATE TRIGGER vehicle_search_text BEFORE INSERT OR UPDATE OF name, make, model, vin, license_plate
  ON vehicle FOR EACH ROW EXECUTE FUNCTION vehicle_search_text();
