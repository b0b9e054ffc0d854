/** A job for each of these organizations, unless one with this name and key waits or runs there already. */
export const QUEUE_FOR = `
  INSERT INTO job (organization_id, name, key, max_attempts, request_id, created_at)
  SELECT id, $2, $2, $3, $4, $5 FROM unnest($1::int[]) AS o (id) ORDER BY id
  ON CONFLICT (organization_id, name, key) WHERE state IN ('queued', 'running', 'retrying') DO NOTHING
  RETURNING id`

/** What waits to be handed to the queue; what another process is handing over is left to it. */
export const WAITING = `
  UPDATE job SET handed_over = true
  FROM (
    SELECT organization_id, id FROM job WHERE state IN ('queued', 'retrying') AND NOT handed_over AND name = ANY ($1)
    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
  ) AS waiting
  WHERE job.organization_id = waiting.organization_id AND job.id = waiting.id
  RETURNING job.organization_id AS "organizationId", job.id, job.name, job.ticket, job.run_at AS "runAt",
    job.max_attempts - job.attempts AS left`

const HELD = `organization_id = $1 AND id = $2 AND ticket = $3`
const ALIVE = `state IN ('queued', 'running', 'retrying')`

/** No row: it was cancelled, or queued again under another ticket. */
export const BEGIN = `
  UPDATE job SET state = 'running', attempts = attempts + 1, started_at = $4, run_at = NULL WHERE ${HELD} AND ${ALIVE}
  RETURNING name, input, attempts, max_attempts AS "maxAttempts", request_id AS "requestId"`

export const SUCCEED = `
  UPDATE job SET state = 'succeeded', error = NULL, outcome = $4, finished_at = $5 WHERE ${HELD} AND state = 'running'`

/** Once more, some seconds from now. */
export const RETRY = `
  UPDATE job SET state = 'retrying', error = $4, run_at = now() + make_interval(secs => $5),
    ticket = gen_random_uuid(), handed_over = false
  WHERE ${HELD} AND state = 'running'`

/** Its worker was told to stop: the attempt does not count, and another worker takes the job up at once. */
export const PUT_BACK = `
  UPDATE job SET state = 'queued', attempts = greatest(attempts - 1, 0), ticket = gen_random_uuid(), handed_over = false
  WHERE ${HELD} AND state = 'running'`

export const DEPTH = `
  SELECT name, state, count(*)::int AS count FROM job WHERE ${ALIVE} GROUP BY name, state`

/** Finished before this, and forgotten a batch at a time. */
export const FORGET = `
  DELETE FROM job WHERE ctid IN (SELECT ctid FROM job WHERE finished_at < $1 LIMIT $2)`
