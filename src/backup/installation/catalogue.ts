import type pg from 'pg'
import type { TableFacts } from '../copy.ts'

/** What is not copied: what is forgotten within a day anyhow, and sessions, among which some may have been ended since. */
export const LEFT_OUT = [
  ...['_prisma_migrations', 'rate_bucket', 'field_hit', 'idempotency_record'],
  ...['refresh_token', 'session'],
] as const

const TABLES = `
  SELECT quote_ident(c.relname) AS name, greatest(c.reltuples, 0)::float8 AS estimate,
    ARRAY(SELECT attname::text FROM pg_attribute
      WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum) AS columns,
    coalesce((SELECT json_agg(json_build_object('name', a.attname, 'isText', a.attcollation <> 0) ORDER BY k.place)
      FROM pg_index i, unnest(i.indkey::int[]) WITH ORDINALITY AS k (number, place), pg_attribute a
      WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.number), '[]') AS key
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ALL ($1)
  ORDER BY c.relname`

export type Estimated = TableFacts & { estimate: number }

export const tablesOf = async (client: pg.ClientBase): Promise<Estimated[]> =>
  (await client.query<Estimated>(TABLES, [LEFT_OUT])).rows

export type Partition = { parent: string; name: string }

const PARTITIONS = `
  SELECT p.relname AS parent, c.relname AS name FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
  WHERE c.relispartition AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname`

export const partitionsOf = async (client: pg.ClientBase): Promise<Partition[]> =>
  (await client.query<Partition>(PARTITIONS)).rows

export type Sequence = { name: string; value: string }

/** Where numbers go on. Of those that nobody took a number from there is nothing to tell. */
const SEQUENCES = `
  SELECT quote_ident(sequencename) AS name, last_value::text AS value FROM pg_sequences
  WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY sequencename`

export const sequencesOf = async (client: pg.ClientBase): Promise<Sequence[]> =>
  (await client.query<Sequence>(SEQUENCES)).rows

export type Applied = { name: string; checksum: string }

const APPLIED = `
  SELECT migration_name AS name, checksum FROM public._prisma_migrations
  WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`

/** The migrations that the database has been through; undefined where it is none of ours. */
export async function appliedTo(client: pg.ClientBase): Promise<Applied[] | undefined> {
  const { rows } = await client.query("SELECT to_regclass('public._prisma_migrations') AS history")
  return rows[0].history === null ? undefined : (await client.query<Applied>(APPLIED)).rows
}
