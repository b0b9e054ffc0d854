export const COPIED = ['client', 'lead', 'invoice', 'invoice_line', 'asset'] as const

/** Where the sequences go on after seeding: what is above was written by a peer. */
export const LAST_SEEDED = 10_000_000

export const EXTENSIONS = `SELECT format('CREATE EXTENSION IF NOT EXISTS %I', extname) AS sql FROM pg_extension`

/** The tables as they are, with `id` alone as the key, and words where they have enums. */
export const TABLES = `
SELECT format('CREATE TABLE %I (%s, CONSTRAINT %I PRIMARY KEY (id))', relname,
  string_agg(format('%I %s%s', attname, CASE typtype WHEN 'e' THEN 'text' ELSE format_type(atttypid, atttypmod) END,
    CASE WHEN attnotnull THEN ' NOT NULL' END), ', ' ORDER BY attnum), relname || '_id') AS sql
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid JOIN pg_type ON pg_type.oid = atttypid
WHERE pg_class.oid = ANY($1::regclass[]) AND attnum > 0 AND NOT attisdropped GROUP BY relname`

export const INDEXES = `SELECT indexdef AS sql FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY($1) ORDER BY indexname`

export const REFERENCES = `
ALTER TABLE invoice ADD FOREIGN KEY (client_id) REFERENCES client;
ALTER TABLE invoice_line ADD FOREIGN KEY (invoice_id) REFERENCES invoice;
`
