import type { SystemQuery } from '../../db/tenant.ts'
import { type HitStore, hit } from './hit.ts'

const RECORD = `
  INSERT INTO field_hit AS field (key, hits, at, allowed, kept_until)
  SELECT $1, ARRAY[at], at, true, at + $2::bigint
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at) clock
  ON CONFLICT (key) DO UPDATE SET
    at = excluded.at, kept_until = excluded.kept_until,
    (hits, allowed) = (
      SELECT CASE WHEN cardinality(live) < $3::int THEN live || excluded.at ELSE live END, cardinality(live) < $3::int
      FROM (
        SELECT ARRAY(SELECT time FROM unnest(field.hits) time WHERE time > excluded.at - $2::bigint ORDER BY time) AS live
      ) recent
    )
  RETURNING allowed, cardinality(hits) AS counted,
    CASE WHEN allowed THEN 0 ELSE (hits[cardinality(hits) - $3::int + 1] + $2::bigint - at)::float8 END AS wait`

const PRUNE = `
  WITH gone AS (
    DELETE FROM field_hit WHERE kept_until < extract(epoch FROM clock_timestamp()) * 1000000 RETURNING 1
  )
  SELECT count(*)::int AS count FROM gone`

type Row = { allowed: boolean; counted: number; wait: number }

export type PostgresHits = HitStore & {
  /** Forgets hits that left their windows. */
  prune(): Promise<number>
}

/** Hits counted by every process on one database. */
export function postgresHits(query: SystemQuery): PostgresHits {
  return {
    async record(key, { max, windowSeconds }) {
      const [row] = await query<Row>(RECORD, [key, windowSeconds * 1_000_000, max], 'hit-record')
      return hit(row!.allowed, row!.counted, row!.wait)
    },
    async prune() {
      const [row] = await query<{ count: number }>(PRUNE, [])
      return row!.count
    },
  }
}
