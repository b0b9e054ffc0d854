import type { SystemQuery } from '../../db/tenant.ts'
import { type BucketStore, charge, taken } from './bucket.ts'

/** The server's clock, read once before the row is locked: waiting for the lock can only make the answer stricter. */
const TAKE = `
  INSERT INTO rate_bucket AS bucket (key, full_at, at, allowed)
  SELECT $1, at + $2::bigint, at, true
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at) clock
  ON CONFLICT (key) DO UPDATE SET
    at = excluded.at,
    (full_at, allowed) = (
      SELECT CASE WHEN fits THEN known.full_at + $2::bigint ELSE known.full_at END, fits
      FROM (SELECT least(greatest(bucket.full_at, excluded.at), excluded.at + $3::bigint) AS full_at) known,
        LATERAL (SELECT known.full_at + $2::bigint - excluded.at <= $3::bigint AS fits) verdict
    )
  RETURNING allowed, (full_at - at)::float8 AS ahead`

const PRUNE = `
  WITH gone AS (
    DELETE FROM rate_bucket WHERE full_at < extract(epoch FROM clock_timestamp()) * 1000000 RETURNING 1
  )
  SELECT count(*)::int AS count FROM gone`

export type PostgresBuckets = BucketStore & {
  /** Forgets full buckets. */
  prune(): Promise<number>
}

/** Buckets shared by every process on one database. */
export function postgresBuckets(query: SystemQuery): PostgresBuckets {
  return {
    async take(key, spec, tokens) {
      const price = charge(spec, tokens)
      const values = [key, price.cost, price.span]
      const [row] = await query<{ allowed: boolean; ahead: number }>(TAKE, values, 'bucket-take')
      return taken(spec, price, row!.allowed, Math.max(0, row!.ahead))
    },
    async prune() {
      const [row] = await query<{ count: number }>(PRUNE, [])
      return row!.count
    },
    close: async () => {},
  }
}
