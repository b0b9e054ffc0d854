import type { SystemQuery } from '../../db/tenant.ts'
import type { Claimed } from './claim.sql.ts'

/** How an attempt went. */
export type Outcome = {
  startedAt: Date
  durationMs: number
  status: number | null
  error: string | null
  requestHeaders: object
  responseHeaders: object | null
  responseBody: string | null
  /** When to try again; null where there is no more to do. */
  nextAttemptAt: Date | null
}

export type Recorded = { failingSince: Date | null }

/**
 * Only whoever still holds the lease says how it went: another one who took over says so for itself. An endpoint's own row is
 * written when it begins to fail and when it recovers, and not in between.
 */
const RECORD = `
WITH recorded AS (
  UPDATE webhook_delivery d SET
    state = CASE WHEN $7::text IS NULL THEN 'delivered' WHEN $11::timestamptz IS NULL THEN 'failed' ELSE 'pending' END::delivery_state,
    attempts = d.attempts + 1, failures = d.failures + CASE WHEN $7 IS NULL THEN 0 ELSE 1 END,
    next_attempt_at = $11, lease = NULL, last_attempt_at = $4, last_duration_ms = $5, last_status = $6, last_error = $7,
    last_response_body = $10, delivered_at = CASE WHEN $7 IS NULL THEN $12::timestamptz ELSE d.delivered_at END
  WHERE d.organization_id = $1 AND d.id = $2 AND d.lease = $3
  RETURNING d.organization_id, d.id, d.webhook_endpoint_id, d.attempts
), logged AS (
  INSERT INTO webhook_attempt (organization_id, webhook_delivery_id, number, started_at, duration_ms, status, error, request_headers, response_headers, response_body)
  SELECT organization_id, id, attempts, $4, $5, $6, $7, $8, $9, $10 FROM recorded
), turned AS (
  UPDATE webhook_endpoint w SET failing_since = CASE WHEN $7 IS NULL THEN NULL ELSE $4::timestamptz END
  FROM recorded r
  WHERE w.organization_id = r.organization_id AND w.id = r.webhook_endpoint_id
    AND (w.failing_since IS NULL) = ($7 IS NOT NULL)
)
SELECT w.failing_since AS "failingSince" FROM recorded r
JOIN webhook_endpoint w ON w.organization_id = r.organization_id AND w.id = r.webhook_endpoint_id`

const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value))

/** Writes down how an attempt went; undefined where somebody else had taken over. */
export async function recordOutcome(
  query: SystemQuery,
  { organizationId, id, lease }: Claimed,
  outcome: Outcome,
): Promise<Recorded | undefined> {
  const { startedAt, durationMs, status, error, requestHeaders, responseHeaders, responseBody, nextAttemptAt } = outcome
  const endedAt = new Date(startedAt.getTime() + durationMs)
  const [recorded] = await query<Recorded>(
    RECORD,
    [
      ...[organizationId, id, lease, startedAt, durationMs, status, error],
      ...[json(requestHeaders), json(responseHeaders), responseBody, nextAttemptAt, endedAt],
    ],
    'webhook-record',
  )
  return recorded
}
