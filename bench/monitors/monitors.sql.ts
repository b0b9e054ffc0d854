/** Of a hundred monitors: these many hang, answer 500, are asked by TCP, by DNS; the others answer over HTTP. */
const HANGING = 2
const FAILING = 3
const BY_TCP = 10
const BY_DNS = 5

const kindOf = (upTo: number, from: number) => `(n - 1) % 100 >= ${from} AND (n - 1) % 100 < ${upTo}`
const HANGS = kindOf(HANGING, 0)
const FAILS = kindOf(HANGING + FAILING, HANGING)
const TCP = kindOf(HANGING + FAILING + BY_TCP, HANGING + FAILING)
const DNS = kindOf(HANGING + FAILING + BY_TCP + BY_DNS, HANGING + FAILING + BY_TCP)

export const ORGANIZATIONS = `
  INSERT INTO organization (slug, name) SELECT 'watched-' || n, 'Watched ' || n FROM generate_series(1, $1::int) n`

/** Every minute each, spread over the organizations. $1: monitors, $2: the port for HTTP, $3: for TCP. */
export const MONITORS = `
  WITH organizations AS (SELECT array_agg(id ORDER BY id) AS ids FROM organization WHERE slug LIKE 'watched-%')
  INSERT INTO monitor (organization_id, name, kind, check_type, url, target, check_interval_minutes, is_enabled)
  SELECT ids[1 + n % array_length(ids, 1)], 'Monitor ' || n,
    (CASE WHEN ${TCP} OR ${DNS} THEN 'wan' ELSE 'website' END)::monitor_kind,
    (CASE WHEN ${TCP} THEN 'tcp' WHEN ${DNS} THEN 'dns' ELSE 'http' END)::check_type,
    CASE WHEN ${TCP} OR ${DNS} THEN NULL
      ELSE 'http://127.0.0.1:' || $2::int || (CASE WHEN ${HANGS} THEN '/hang/' WHEN ${FAILS} THEN '/error/' ELSE '/ok/' END) || n END,
    CASE WHEN ${TCP} THEN '127.0.0.1:' || $3::int WHEN ${DNS} THEN 'localhost' END,
    1, false
  FROM organizations, generate_series(1, $1::int) n`

export const ENABLE = `UPDATE monitor SET is_enabled = true`

/** From when a check was due to when it was begun, and to its answer: due by the monitor's place in its minute. */
const LAGS = `
  SELECT mod(extract(epoch FROM c.at) - c.monitor_id::bigint * 2654435761 % 4294967296 % 60000 / 1000.0 + 60, 60)::float8 AS lag,
    coalesce(c.response_time_ms, 0) / 1000.0 AS took
  FROM monitor_check c JOIN monitor m ON m.organization_id = c.organization_id AND m.id = c.monitor_id
  WHERE c.at >= $1 AND c.at < $2 AND m.status = 'up' AND c.status = 'up'`

export const LAG = `
  SELECT count(*)::int AS checks,
    percentile_disc(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY lag) AS begun,
    percentile_disc(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY lag + took) AS answered
  FROM (${LAGS}) AS lags`

/** Monitors by what the checks say of them, and those that were not looked at as often as they should in these minutes. */
export const STATE = `
  SELECT m.status, count(*)::int AS monitors, (count(*) FILTER (WHERE coalesce(done, 0) < $3::int))::int AS missed
  FROM monitor m LEFT JOIN (
    SELECT organization_id, monitor_id, count(*) AS done FROM monitor_check WHERE at >= $1 AND at < $2 GROUP BY 1, 2
  ) c ON c.organization_id = m.organization_id AND c.monitor_id = m.id GROUP BY m.status ORDER BY m.status`
