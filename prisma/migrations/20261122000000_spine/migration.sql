-- CreateEnum
CREATE TYPE "actor_kind" AS ENUM ('key', 'user', 'system');

-- CreateEnum
CREATE TYPE "user_status" AS ENUM ('active', 'invited', 'disabled');

-- CreateEnum
CREATE TYPE "role" AS ENUM ('owner', 'admin', 'editor', 'readonly');

-- CreateEnum
CREATE TYPE "key_family" AS ENUM ('dashboard', 'devsphere', 'clientst0r');

-- CreateEnum
CREATE TYPE "app_visibility" AS ENUM ('public', 'private', 'internal');

-- CreateEnum
CREATE TYPE "client_status" AS ENUM ('active', 'inactive');

-- CreateEnum
CREATE TYPE "lead_status" AS ENUM ('new', 'contacted', 'qualified', 'converted', 'lost');

-- CreateEnum
CREATE TYPE "opportunity_stage" AS ENUM ('prospect', 'qualified', 'proposal', 'negotiation', 'won', 'lost');

-- CreateEnum
CREATE TYPE "invoice_status" AS ENUM ('draft', 'sent', 'paid', 'overdue', 'void');

-- CreateEnum
CREATE TYPE "payment_method" AS ENUM ('bank_transfer', 'card', 'cash', 'check', 'other');

-- CreateEnum
CREATE TYPE "transaction_kind" AS ENUM ('income', 'expense');

-- CreateEnum
CREATE TYPE "budget_period" AS ENUM ('month', 'quarter', 'year');

-- CreateEnum
CREATE TYPE "cost_interval" AS ENUM ('week', 'month', 'quarter', 'year');

-- CreateEnum
CREATE TYPE "employee_status" AS ENUM ('active', 'inactive', 'terminated');

-- CreateEnum
CREATE TYPE "leave_kind" AS ENUM ('vacation', 'sick', 'parental', 'unpaid');

-- CreateEnum
CREATE TYPE "leave_status" AS ENUM ('pending', 'approved', 'rejected', 'cancelled');

-- CreateEnum
CREATE TYPE "payroll_status" AS ENUM ('draft', 'approved', 'paid');

-- CreateEnum
CREATE TYPE "note_kind" AS ENUM ('wiki', 'user');

-- CreateEnum
CREATE TYPE "severity" AS ENUM ('critical', 'high', 'medium', 'low', 'info');

-- CreateEnum
CREATE TYPE "finding_state" AS ENUM ('open', 'resolved', 'dismissed');

-- CreateEnum
CREATE TYPE "finding_category" AS ENUM ('vulnerability', 'secret', 'branch_protection');

-- CreateTable
CREATE TABLE "request_log" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "api_key_id" INTEGER,
    "user_id" INTEGER,
    "request_id" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "operation" TEXT,
    "dialect" TEXT,
    "status" INTEGER NOT NULL,
    "duration_ms" REAL NOT NULL,
    "cost" INTEGER NOT NULL DEFAULT 1,
    "address" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "request_log_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "actor" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "status" INTEGER,
    "headers" JSONB,
    "body" BYTEA,
    "locked_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "actor_kind" "actor_kind" NOT NULL,
    "actor_id" INTEGER,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target_type" TEXT NOT NULL,
    "target_id" TEXT NOT NULL,
    "changes" JSONB NOT NULL,
    "address" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "event" (
    "id" BIGSERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "request_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "rate_bucket" (
    "key" TEXT NOT NULL,
    "full_at" BIGINT NOT NULL,
    "at" BIGINT NOT NULL,
    "allowed" BOOLEAN NOT NULL,

    CONSTRAINT "rate_bucket_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "field_hit" (
    "key" TEXT NOT NULL,
    "hits" BIGINT[],
    "at" BIGINT NOT NULL,
    "allowed" BOOLEAN NOT NULL,
    "kept_until" BIGINT NOT NULL,

    CONSTRAINT "field_hit_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "organization" (
    "id" SERIAL NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en',
    "password_hash" TEXT,
    "status" "user_status" NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "membership" (
    "organization_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "membership_pkey" PRIMARY KEY ("organization_id","user_id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "owner_id" INTEGER NOT NULL,
    "family" "key_family" NOT NULL,
    "name" TEXT NOT NULL,
    "public_id" TEXT,
    "prefix" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "previous_hash" BYTEA,
    "previous_expires_at" TIMESTAMPTZ(3),
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "is_admin" BOOLEAN NOT NULL DEFAULT false,
    "bucket_capacity" INTEGER,
    "bucket_refill_per_second" DECIMAL(10,3),
    "allowed_cidrs" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "last_used_address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "app" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "language" TEXT,
    "pushed_at" TIMESTAMPTZ(3),
    "url" TEXT NOT NULL,
    "default_branch" TEXT NOT NULL DEFAULT 'main',
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "visibility" "app_visibility" NOT NULL DEFAULT 'private',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "app_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "deployment" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "app_id" INTEGER,
    "droplet_id" INTEGER,
    "app_name" TEXT NOT NULL,
    "url" TEXT,
    "github_repo" TEXT,
    "notes" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deployment_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "client" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "website" TEXT,
    "industry" TEXT,
    "address" TEXT,
    "status" "client_status" NOT NULL DEFAULT 'active',
    "notes" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "client_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "lead" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "client_id" INTEGER,
    "owner_id" INTEGER,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "phone" TEXT,
    "company" TEXT,
    "source" TEXT,
    "status" "lead_status" NOT NULL DEFAULT 'new',
    "score" SMALLINT NOT NULL DEFAULT 0,
    "notes" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lead_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "opportunity" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "client_id" INTEGER NOT NULL,
    "lead_id" INTEGER,
    "owner_id" INTEGER,
    "name" TEXT NOT NULL,
    "stage" "opportunity_stage" NOT NULL DEFAULT 'prospect',
    "value" DECIMAL(14,2) NOT NULL,
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "probability" SMALLINT NOT NULL DEFAULT 0,
    "expected_close_on" DATE,
    "closed_on" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "opportunity_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "invoice" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "client_id" INTEGER NOT NULL,
    "opportunity_id" INTEGER,
    "number" TEXT NOT NULL,
    "status" "invoice_status" NOT NULL DEFAULT 'draft',
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "subtotal" DECIMAL(14,2) NOT NULL,
    "tax" DECIMAL(14,2) NOT NULL,
    "total" DECIMAL(14,2) NOT NULL,
    "issued_on" DATE NOT NULL,
    "due_on" DATE,
    "paid_on" DATE,
    "notes" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "invoice_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "invoice_line" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "invoice_id" INTEGER NOT NULL,
    "position" SMALLINT NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" DECIMAL(12,3) NOT NULL,
    "unit_price" DECIMAL(14,2) NOT NULL,
    "amount" DECIMAL(14,2) NOT NULL,

    CONSTRAINT "invoice_line_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "payment" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "invoice_id" INTEGER NOT NULL,
    "amount" DECIMAL(14,2) NOT NULL,
    "method" "payment_method" NOT NULL DEFAULT 'bank_transfer',
    "reference" TEXT,
    "paid_on" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "transaction" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "vendor_id" INTEGER,
    "business_line_id" INTEGER,
    "kind" "transaction_kind" NOT NULL,
    "amount" DECIMAL(14,2) NOT NULL,
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "occurred_on" DATE NOT NULL,
    "memo" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transaction_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "vendor" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "website" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "vendor_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "business_line" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "business_line_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "budget" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "business_line_id" INTEGER,
    "name" TEXT NOT NULL,
    "period" "budget_period" NOT NULL,
    "amount" DECIMAL(14,2) NOT NULL,
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "starts_on" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "budget_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "recurring_cost" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "vendor_id" INTEGER,
    "name" TEXT NOT NULL,
    "amount" DECIMAL(14,2) NOT NULL,
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "interval" "cost_interval" NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "recurring_cost_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "employee" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "title" TEXT,
    "status" "employee_status" NOT NULL DEFAULT 'active',
    "hired_on" DATE NOT NULL,
    "left_on" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "employee_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "leave_request" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "employee_id" INTEGER NOT NULL,
    "kind" "leave_kind" NOT NULL,
    "starts_on" DATE NOT NULL,
    "ends_on" DATE NOT NULL,
    "status" "leave_status" NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "leave_request_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "payroll_run" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "month" SMALLINT NOT NULL,
    "year" SMALLINT NOT NULL,
    "status" "payroll_status" NOT NULL DEFAULT 'draft',
    "currency" CHAR(3) NOT NULL DEFAULT 'USD',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payroll_run_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "payroll_line" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "payroll_run_id" INTEGER NOT NULL,
    "employee_id" INTEGER NOT NULL,
    "gross" DECIMAL(14,2) NOT NULL,
    "net" DECIMAL(14,2) NOT NULL,

    CONSTRAINT "payroll_line_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "asset" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "created_by_id" INTEGER,
    "name" TEXT NOT NULL,
    "asset_type" TEXT NOT NULL DEFAULT 'other',
    "serial_number" TEXT,
    "model" TEXT,
    "manufacturer" TEXT,
    "hostname" TEXT,
    "ip_address" TEXT,
    "mac_address" TEXT,
    "location" TEXT,
    "notes" TEXT,
    "custom_fields" JSONB NOT NULL DEFAULT '{}',
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "search_text" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "asset_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "tag" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "color" TEXT NOT NULL DEFAULT '#6b7280',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tag_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "asset_tag" (
    "organization_id" INTEGER NOT NULL,
    "asset_id" INTEGER NOT NULL,
    "tag_id" INTEGER NOT NULL,

    CONSTRAINT "asset_tag_pkey" PRIMARY KEY ("organization_id","asset_id","tag_id")
);

-- CreateTable
CREATE TABLE "note" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "author_id" INTEGER,
    "kind" "note_kind" NOT NULL DEFAULT 'user',
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "note_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "document" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "uploaded_by_id" INTEGER,
    "name" TEXT NOT NULL,
    "mime_type" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "storage_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "document_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "finding" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "app_id" INTEGER,
    "source" TEXT NOT NULL,
    "repo" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "severity" "severity" NOT NULL,
    "state" "finding_state" NOT NULL DEFAULT 'open',
    "category" "finding_category" NOT NULL,
    "soc2_control" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "dismissal_reason" TEXT,
    "due_at" TIMESTAMPTZ(3),
    "fingerprint" TEXT NOT NULL,
    "url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "finding_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "droplet" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "provider_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "public_ip" TEXT,
    "region" TEXT NOT NULL,
    "size" TEXT NOT NULL,
    "memory_gb" DOUBLE PRECISION NOT NULL,
    "vcpus" INTEGER NOT NULL,
    "disk_gb" INTEGER NOT NULL,
    "monthly_cost" DECIMAL(12,2) NOT NULL,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "synced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "droplet_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "database_cluster" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "provider_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "engine" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "size" TEXT NOT NULL,
    "nodes" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "monthly_cost" DECIMAL(12,2),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "synced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "database_cluster_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "space" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "synced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "space_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "hostinger_vps" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "provider_id" TEXT NOT NULL,
    "hostname" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "public_ip" TEXT,
    "plan" TEXT NOT NULL,
    "monthly_cost" DECIMAL(12,2),
    "cpus" INTEGER NOT NULL,
    "memory_gb" DOUBLE PRECISION NOT NULL,
    "disk_gb" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hostinger_vps_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "domain" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "domain" TEXT NOT NULL,
    "registrar" TEXT NOT NULL DEFAULT 'hostinger',
    "expires_at" TIMESTAMPTZ(3),
    "auto_renew" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synced_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "domain_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateTable
CREATE TABLE "tool" (
    "id" SERIAL NOT NULL,
    "organization_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "monthly_cost" DECIMAL(12,2) NOT NULL,
    "owner" TEXT,
    "url" TEXT,
    "credentials_hint" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tool_pkey" PRIMARY KEY ("organization_id","id")
);

-- CreateIndex
CREATE INDEX "request_log_organization_id_at_id_idx" ON "request_log"("organization_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "idempotency_record_expires_at_idx" ON "idempotency_record"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "idempotency_record_organization_id_actor_key_key" ON "idempotency_record"("organization_id", "actor", "key");

-- CreateIndex
CREATE INDEX "audit_event_organization_id_at_id_idx" ON "audit_event"("organization_id", "at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "event_id_idx" ON "event"("id");

-- CreateIndex
CREATE UNIQUE INDEX "organization_slug_key" ON "organization"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user"("email");

-- CreateIndex
CREATE INDEX "membership_user_id_idx" ON "membership"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_public_id_key" ON "api_key"("public_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_previous_hash_key" ON "api_key"("previous_hash");

-- CreateIndex
CREATE INDEX "api_key_organization_id_created_at_id_idx" ON "api_key"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_id_key" ON "api_key"("id");

-- CreateIndex
CREATE INDEX "app_organization_id_pushed_at_id_idx" ON "app"("organization_id", "pushed_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "app_organization_id_slug_key" ON "app"("organization_id", "slug");

-- CreateIndex
CREATE INDEX "deployment_organization_id_app_id_idx" ON "deployment"("organization_id", "app_id");

-- CreateIndex
CREATE INDEX "deployment_organization_id_droplet_id_idx" ON "deployment"("organization_id", "droplet_id");

-- CreateIndex
CREATE INDEX "deployment_organization_id_app_name_id_idx" ON "deployment"("organization_id", "app_name", "id");

-- CreateIndex
CREATE INDEX "client_organization_id_created_at_id_idx" ON "client"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "client_organization_id_name_id_idx" ON "client"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "lead_organization_id_created_at_id_idx" ON "lead"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "lead_organization_id_client_id_idx" ON "lead"("organization_id", "client_id");

-- CreateIndex
CREATE INDEX "opportunity_organization_id_created_at_id_idx" ON "opportunity"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "opportunity_organization_id_client_id_idx" ON "opportunity"("organization_id", "client_id");

-- CreateIndex
CREATE INDEX "opportunity_organization_id_lead_id_idx" ON "opportunity"("organization_id", "lead_id");

-- CreateIndex
CREATE INDEX "invoice_organization_id_issued_on_id_idx" ON "invoice"("organization_id", "issued_on" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "invoice_organization_id_created_at_id_idx" ON "invoice"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "invoice_organization_id_client_id_idx" ON "invoice"("organization_id", "client_id");

-- CreateIndex
CREATE INDEX "invoice_organization_id_opportunity_id_idx" ON "invoice"("organization_id", "opportunity_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_organization_id_number_key" ON "invoice"("organization_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_line_organization_id_invoice_id_position_key" ON "invoice_line"("organization_id", "invoice_id", "position");

-- CreateIndex
CREATE INDEX "payment_organization_id_invoice_id_idx" ON "payment"("organization_id", "invoice_id");

-- CreateIndex
CREATE INDEX "transaction_organization_id_occurred_on_id_idx" ON "transaction"("organization_id", "occurred_on" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "transaction_organization_id_vendor_id_idx" ON "transaction"("organization_id", "vendor_id");

-- CreateIndex
CREATE INDEX "transaction_organization_id_business_line_id_idx" ON "transaction"("organization_id", "business_line_id");

-- CreateIndex
CREATE UNIQUE INDEX "vendor_organization_id_name_key" ON "vendor"("organization_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "business_line_organization_id_name_key" ON "business_line"("organization_id", "name");

-- CreateIndex
CREATE INDEX "budget_organization_id_starts_on_id_idx" ON "budget"("organization_id", "starts_on" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "budget_organization_id_business_line_id_idx" ON "budget"("organization_id", "business_line_id");

-- CreateIndex
CREATE INDEX "recurring_cost_organization_id_vendor_id_idx" ON "recurring_cost"("organization_id", "vendor_id");

-- CreateIndex
CREATE INDEX "recurring_cost_organization_id_name_id_idx" ON "recurring_cost"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "employee_organization_id_name_id_idx" ON "employee"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "leave_request_organization_id_employee_id_idx" ON "leave_request"("organization_id", "employee_id");

-- CreateIndex
CREATE INDEX "leave_request_organization_id_starts_on_id_idx" ON "leave_request"("organization_id", "starts_on" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payroll_run_organization_id_year_month_key" ON "payroll_run"("organization_id", "year", "month");

-- CreateIndex
CREATE INDEX "payroll_line_organization_id_employee_id_idx" ON "payroll_line"("organization_id", "employee_id");

-- CreateIndex
CREATE UNIQUE INDEX "payroll_line_organization_id_payroll_run_id_employee_id_key" ON "payroll_line"("organization_id", "payroll_run_id", "employee_id");

-- CreateIndex
CREATE INDEX "asset_organization_id_created_at_id_idx" ON "asset"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "asset_organization_id_name_id_idx" ON "asset"("organization_id", "name", "id");

-- CreateIndex
CREATE INDEX "tag_organization_id_name_id_idx" ON "tag"("organization_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "tag_organization_id_slug_key" ON "tag"("organization_id", "slug");

-- CreateIndex
CREATE INDEX "asset_tag_organization_id_tag_id_idx" ON "asset_tag"("organization_id", "tag_id");

-- CreateIndex
CREATE INDEX "note_organization_id_updated_at_id_idx" ON "note"("organization_id", "updated_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "document_organization_id_created_at_id_idx" ON "document"("organization_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "document_organization_id_storage_key_key" ON "document"("organization_id", "storage_key");

-- CreateIndex
CREATE INDEX "finding_organization_id_state_severity_first_seen_at_id_idx" ON "finding"("organization_id", "state", "severity", "first_seen_at", "id");

-- CreateIndex
CREATE INDEX "finding_organization_id_severity_first_seen_at_id_idx" ON "finding"("organization_id", "severity", "first_seen_at", "id");

-- CreateIndex
CREATE INDEX "finding_organization_id_first_seen_at_id_idx" ON "finding"("organization_id", "first_seen_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "finding_organization_id_repo_id_idx" ON "finding"("organization_id", "repo", "id");

-- CreateIndex
CREATE INDEX "finding_organization_id_app_id_idx" ON "finding"("organization_id", "app_id");

-- CreateIndex
CREATE UNIQUE INDEX "finding_organization_id_fingerprint_key" ON "finding"("organization_id", "fingerprint");

-- CreateIndex
CREATE INDEX "droplet_organization_id_name_id_idx" ON "droplet"("organization_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "droplet_organization_id_provider_id_key" ON "droplet"("organization_id", "provider_id");

-- CreateIndex
CREATE INDEX "database_cluster_organization_id_name_id_idx" ON "database_cluster"("organization_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "database_cluster_organization_id_provider_id_key" ON "database_cluster"("organization_id", "provider_id");

-- CreateIndex
CREATE INDEX "space_organization_id_name_id_idx" ON "space"("organization_id", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "space_organization_id_region_name_key" ON "space"("organization_id", "region", "name");

-- CreateIndex
CREATE INDEX "hostinger_vps_organization_id_hostname_id_idx" ON "hostinger_vps"("organization_id", "hostname", "id");

-- CreateIndex
CREATE UNIQUE INDEX "hostinger_vps_organization_id_provider_id_key" ON "hostinger_vps"("organization_id", "provider_id");

-- CreateIndex
CREATE UNIQUE INDEX "domain_organization_id_domain_key" ON "domain"("organization_id", "domain");

-- CreateIndex
CREATE UNIQUE INDEX "tool_organization_id_name_key" ON "tool"("organization_id", "name");

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "membership" ADD CONSTRAINT "membership_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_organization_id_owner_id_fkey" FOREIGN KEY ("organization_id", "owner_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_organization_id_app_id_fkey" FOREIGN KEY ("organization_id", "app_id") REFERENCES "app"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deployment" ADD CONSTRAINT "deployment_organization_id_droplet_id_fkey" FOREIGN KEY ("organization_id", "droplet_id") REFERENCES "droplet"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead" ADD CONSTRAINT "lead_organization_id_client_id_fkey" FOREIGN KEY ("organization_id", "client_id") REFERENCES "client"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lead" ADD CONSTRAINT "lead_organization_id_owner_id_fkey" FOREIGN KEY ("organization_id", "owner_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity" ADD CONSTRAINT "opportunity_organization_id_client_id_fkey" FOREIGN KEY ("organization_id", "client_id") REFERENCES "client"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity" ADD CONSTRAINT "opportunity_organization_id_lead_id_fkey" FOREIGN KEY ("organization_id", "lead_id") REFERENCES "lead"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opportunity" ADD CONSTRAINT "opportunity_organization_id_owner_id_fkey" FOREIGN KEY ("organization_id", "owner_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_organization_id_client_id_fkey" FOREIGN KEY ("organization_id", "client_id") REFERENCES "client"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_organization_id_opportunity_id_fkey" FOREIGN KEY ("organization_id", "opportunity_id") REFERENCES "opportunity"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_line" ADD CONSTRAINT "invoice_line_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoice"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_organization_id_invoice_id_fkey" FOREIGN KEY ("organization_id", "invoice_id") REFERENCES "invoice"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_organization_id_vendor_id_fkey" FOREIGN KEY ("organization_id", "vendor_id") REFERENCES "vendor"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_organization_id_business_line_id_fkey" FOREIGN KEY ("organization_id", "business_line_id") REFERENCES "business_line"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budget" ADD CONSTRAINT "budget_organization_id_business_line_id_fkey" FOREIGN KEY ("organization_id", "business_line_id") REFERENCES "business_line"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recurring_cost" ADD CONSTRAINT "recurring_cost_organization_id_vendor_id_fkey" FOREIGN KEY ("organization_id", "vendor_id") REFERENCES "vendor"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "leave_request" ADD CONSTRAINT "leave_request_organization_id_employee_id_fkey" FOREIGN KEY ("organization_id", "employee_id") REFERENCES "employee"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payroll_line" ADD CONSTRAINT "payroll_line_organization_id_payroll_run_id_fkey" FOREIGN KEY ("organization_id", "payroll_run_id") REFERENCES "payroll_run"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payroll_line" ADD CONSTRAINT "payroll_line_organization_id_employee_id_fkey" FOREIGN KEY ("organization_id", "employee_id") REFERENCES "employee"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asset" ADD CONSTRAINT "asset_organization_id_created_by_id_fkey" FOREIGN KEY ("organization_id", "created_by_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asset_tag" ADD CONSTRAINT "asset_tag_organization_id_asset_id_fkey" FOREIGN KEY ("organization_id", "asset_id") REFERENCES "asset"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asset_tag" ADD CONSTRAINT "asset_tag_organization_id_tag_id_fkey" FOREIGN KEY ("organization_id", "tag_id") REFERENCES "tag"("organization_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "note" ADD CONSTRAINT "note_organization_id_author_id_fkey" FOREIGN KEY ("organization_id", "author_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "document" ADD CONSTRAINT "document_organization_id_uploaded_by_id_fkey" FOREIGN KEY ("organization_id", "uploaded_by_id") REFERENCES "membership"("organization_id", "user_id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding" ADD CONSTRAINT "finding_organization_id_app_id_fkey" FOREIGN KEY ("organization_id", "app_id") REFERENCES "app"("organization_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- Buckets and hits may be forgotten in a crash; they must not cost a write-ahead log.
ALTER TABLE rate_bucket SET UNLOGGED, SET (fillfactor = 50);
ALTER TABLE field_hit SET UNLOGGED, SET (fillfactor = 50);

-- Tenancy: the third wall. A statement without a tenant sees nothing.
CREATE FUNCTION opsgraph_organization() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('opsgraph.organization_id', true), '')::int $$;

CREATE FUNCTION opsgraph_protect(relation regclass, own text DEFAULT 'organization_id = opsgraph_organization()', rights text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
  RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
  EXECUTE format('CREATE POLICY tenant ON %s TO opsgraph_app USING (%s) WITH CHECK (%s)', relation, own, own);
  EXECUTE format('CREATE POLICY system ON %s TO opsgraph_system USING (true) WITH CHECK (true)', relation);
  EXECUTE format('GRANT %s ON %s TO opsgraph_app', rights, relation);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO opsgraph_system', relation);
END $$;

GRANT USAGE ON SCHEMA public TO opsgraph_app, opsgraph_system;

SELECT opsgraph_protect('organization', 'id = opsgraph_organization()', 'SELECT, UPDATE');
SELECT opsgraph_protect('app_user', 'EXISTS (SELECT 1 FROM membership m WHERE m.user_id = app_user.id AND m.organization_id = opsgraph_organization())', 'SELECT');
SELECT opsgraph_protect('request_log', rights => 'SELECT');
SELECT opsgraph_protect('idempotency_record', rights => 'SELECT');
SELECT opsgraph_protect('audit_event', rights => 'SELECT, INSERT');
SELECT opsgraph_protect('event', rights => 'SELECT, INSERT');
SELECT opsgraph_protect(relation) FROM unnest(ARRAY[
  'membership', 'api_key', 'app', 'deployment', 'droplet', 'database_cluster', 'space', 'hostinger_vps', 'domain', 'finding',
  'transaction', 'vendor', 'business_line', 'budget', 'recurring_cost', 'employee', 'leave_request', 'payroll_run', 'payroll_line',
  'tool', 'note', 'document', 'client', 'lead', 'opportunity', 'invoice', 'invoice_line', 'payment', 'asset', 'tag', 'asset_tag'
]::regclass[]) relation;

-- Not a tenant's: only the server itself reads and writes them.
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_bucket, field_hit TO opsgraph_system;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO opsgraph_app, opsgraph_system;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO opsgraph_app, opsgraph_system;

-- What a search of assets looks through.
CREATE FUNCTION asset_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search_text := lower(concat_ws(E'\n', NEW.name, NEW.serial_number, NEW.model, NEW.manufacturer, NEW.hostname, NEW.ip_address, NEW.mac_address, NEW.notes));
  RETURN NEW;
END $$;
CREATE TRIGGER asset_search_text BEFORE INSERT OR UPDATE OF name, serial_number, model, manufacturer, hostname, ip_address, mac_address, notes
  ON asset FOR EACH ROW EXECUTE FUNCTION asset_search_text();
