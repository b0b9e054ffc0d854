/** Rows are claimed by inserting them; one whose answer expired, or whose holder died with the same request, is taken over. */
export const CLAIM = `
  INSERT INTO idempotency_record AS record
    (organization_id, actor, key, fingerprint, locked_until, created_at, expires_at)
  SELECT $1, $2, $3, $4, now + $5 * interval '1 second', now, now + $6 * interval '1 second'
  FROM (SELECT clock_timestamp() AS now) clock
  ON CONFLICT (organization_id, actor, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, status = NULL, headers = NULL, body = NULL,
    locked_until = excluded.locked_until, created_at = excluded.created_at, expires_at = excluded.expires_at
  WHERE record.expires_at <= excluded.created_at
    OR (record.status IS NULL AND record.locked_until <= excluded.created_at
      AND record.fingerprint = excluded.fingerprint)
  RETURNING id, locked_until::text AS "lockedUntil"`

export const READ = `
  SELECT fingerprint = $4 AS same, status, headers, body FROM idempotency_record
  WHERE organization_id = $1 AND actor = $2 AND key = $3`

/** Only the holder of the claim writes: one that was taken over has lost it. */
const HELD = 'organization_id = $1 AND id = $2 AND locked_until = $3::timestamptz AND status IS NULL'

export const FINISH = `UPDATE idempotency_record SET status = $4, headers = $5, body = $6 WHERE ${HELD}`

export const ABANDON = `DELETE FROM idempotency_record WHERE ${HELD}`

export const PRUNE = `
  WITH gone AS (DELETE FROM idempotency_record WHERE expires_at <= clock_timestamp() RETURNING 1)
  SELECT count(*)::int AS count FROM gone`
