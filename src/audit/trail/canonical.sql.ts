/** An audit row's time in UTC, with milliseconds. */
export const MOMENT = `to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/**
 * The canonical form of an audit row `e`, which is what its seal hashes: a JSON array of its columns in this order, with
 * `changes` as PostgreSQL writes jsonb and the time in UTC with milliseconds. It never changes: every chain would break.
 */
export const CANONICAL = `json_build_array(e.organization_id, e.id, e.actor_kind, e.actor_id, e.actor_name, e.action, e.target_type,
  e.target_id, e.changes, e.address, e.request_id, ${MOMENT})::text`
