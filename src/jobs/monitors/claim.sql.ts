/**
 * The monitors that are longest due, of organizations that are not busy already. Nobody else takes them until the claim
 * lapses; what another process is claiming at this moment is passed over.
 */
export const CLAIM = `
  WITH due AS (
    SELECT organization_id, monitor_id, next_check_at FROM monitor_schedule
    WHERE next_check_at <= now() AND organization_id <> ALL ($2::int[])
    ORDER BY next_check_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE monitor_schedule s SET next_check_at = now() + make_interval(secs => $3)
    FROM due WHERE s.organization_id = due.organization_id AND s.monitor_id = due.monitor_id
    RETURNING s.organization_id, s.monitor_id, s.pending_status, s.pending_since, due.next_check_at AS due_at
  )
  SELECT m.organization_id AS "organizationId", m.id AS "monitorId", m.kind, m.check_type AS "checkType", m.url, m.target,
    m.expected_status_code AS "expectedStatusCode", m.expected_text AS "expectedText", m.slow_after_ms AS "slowAfterMs", m.status,
    c.pending_status AS "pendingStatus", c.pending_since AS "pendingSince",
    (extract(epoch FROM clock_timestamp() - c.due_at))::float8 AS "lateSeconds"
  FROM claimed c JOIN monitor m ON m.organization_id = c.organization_id AND m.id = c.monitor_id`

/** Whoever claimed them will not come to it. */
export const RELEASE = `
  UPDATE monitor_schedule s SET next_check_at = now() FROM unnest($1::int[], $2::int[]) AS r (organization_id, monitor_id)
  WHERE s.organization_id = r.organization_id AND s.monitor_id = r.monitor_id`
