export const LAST_EVENT = `
  SELECT coalesce(max(position), 0)::text AS last FROM event WHERE organization_id = $1 AND position IS NOT NULL`

export const EVENTS_AFTER = `
  SELECT position::text AS cursor, id::text, type, data, request_id AS "requestId", at FROM event
  WHERE organization_id = $1 AND position > $2 ORDER BY position LIMIT $3`

export const LAST_REQUEST = `SELECT coalesce(max(id), 0)::text AS last FROM request_log WHERE organization_id = $1`

export const REQUESTS_AFTER = `
  SELECT id::text AS cursor, id::text, request_id AS "requestId", method, path, dialect, operation, status,
    duration_ms AS "durationMs", cost, address, api_key_id AS "apiKeyId", user_id AS "userId", at
  FROM request_log WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3`
