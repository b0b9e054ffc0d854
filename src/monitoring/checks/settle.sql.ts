/** Seconds after which a finding that is not confirmed yet is looked at again. */
const AGAIN = 30
/** Days of which the share of time that something was up is told. */
const UPTIME_DAYS = 30

const GIVEN = `json_to_recordset($1::text::json) AS g (
  organization_id int, monitor_id int, at timestamptz, status monitor_status, via text, status_code int, response_time_ms int,
  error text, ssl_expires_at timestamptz, domain_expires_at timestamptz, pending_status monitor_status, pending_since timestamptz)`

/** Monitors that were deleted meanwhile are passed over, and none is deleted until this is written. */
const HELD = `FROM ${GIVEN} JOIN monitor m ON m.organization_id = g.organization_id AND m.id = g.monitor_id`

const CHECKS = `
  INSERT INTO monitor_check (organization_id, monitor_id, at, status, via, status_code, response_time_ms, error)
  SELECT g.organization_id, g.monitor_id, g.at, g.status, g.via, g.status_code, g.response_time_ms, g.error ${HELD}
  ORDER BY m.organization_id, m.id FOR KEY SHARE OF m`

const DAYS = `
  INSERT INTO uptime_day AS d (organization_id, monitor_id, day, checks, failures, responses, response_time_ms)
  SELECT g.organization_id, g.monitor_id, (g.at AT TIME ZONE 'UTC')::date,
    count(*) FILTER (WHERE g.status <> 'unknown'), count(*) FILTER (WHERE g.status = 'down'),
    count(g.response_time_ms), coalesce(sum(g.response_time_ms), 0)
  ${HELD} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (organization_id, monitor_id, day) DO UPDATE SET
    checks = d.checks + excluded.checks, failures = d.failures + excluded.failures,
    responses = d.responses + excluded.responses, response_time_ms = d.response_time_ms + excluded.response_time_ms`

const MONITORS = `
  UPDATE monitor SET
    last_checked_at = g.at, last_status_code = g.status_code, last_response_time_ms = g.response_time_ms, last_error = g.error,
    ssl_expires_at = coalesce(g.ssl_expires_at, monitor.ssl_expires_at),
    domain_expires_at = coalesce(g.domain_expires_at, monitor.domain_expires_at),
    uptime_percentage = (
      SELECT round(100.0 * (sum(checks) - sum(failures)) / nullif(sum(checks), 0), 3) FROM uptime_day d
      WHERE d.organization_id = g.organization_id AND d.monitor_id = g.monitor_id
        AND d.day > (g.at AT TIME ZONE 'UTC')::date - ${UPTIME_DAYS}
    )
  FROM ${GIVEN} WHERE monitor.organization_id = g.organization_id AND monitor.id = g.monitor_id`

const SCHEDULES = `
  UPDATE monitor_schedule s SET
    pending_status = g.pending_status, pending_since = g.pending_since,
    next_check_at = CASE WHEN g.pending_status IS NULL THEN monitor_next_check(m.id, m.check_interval_minutes)
      ELSE least(monitor_next_check(m.id, m.check_interval_minutes), now() + interval '${AGAIN} seconds') END
  ${HELD} WHERE s.organization_id = g.organization_id AND s.monitor_id = g.monitor_id`

/** Checks as they were found: the row of each, its day, what the monitor shows, and when it is due again. In one transaction. */
export const SETTLE = [CHECKS, DAYS, MONITORS, SCHEDULES] as const

export const OPEN_INCIDENT = `
  INSERT INTO incident (organization_id, monitor_id, opened_at, cause) VALUES ($1, $2, $3, $4)
  ON CONFLICT (organization_id, monitor_id) WHERE closed_at IS NULL DO NOTHING`

export const CLOSE_INCIDENT = `
  UPDATE incident SET closed_at = $3 WHERE organization_id = $1 AND monitor_id = $2 AND closed_at IS NULL`
