import { CANONICAL } from './canonical.sql.ts'

/** A part of an organization's chain, each seal with its row as it is now. */
export const LINKS = `
  SELECT s.audit_event_id::text AS id, s.position, encode(s.previous_hash, 'hex') AS previous, encode(s.hash, 'hex') AS hash,
    CASE WHEN e.id IS NOT NULL THEN ${CANONICAL} END AS canonical
  FROM audit_seal s
  LEFT JOIN audit_event e ON e.organization_id = s.organization_id AND e.id = s.audit_event_id
  WHERE s.organization_id = $1 AND s.position > $2 AND s.position <= $3 ORDER BY s.position LIMIT $4`

export const LAST = `SELECT coalesce(max(position), 0) AS position FROM audit_seal WHERE organization_id = $1`

/** Of a part of the rows: how many wait for their seal, and the first that has none and waits for none. */
export const OUTSIDE = `
  SELECT max(e.id)::text AS last, count(*)::int AS rows, count(w.audit_event_id)::int AS waiting,
    min(e.id) FILTER (WHERE s.audit_event_id IS NULL AND w.audit_event_id IS NULL)::text AS stranger
  FROM (SELECT organization_id, id FROM audit_event WHERE organization_id = $1 AND id > $2::bigint ORDER BY id LIMIT $3) e
  LEFT JOIN audit_seal s ON s.organization_id = e.organization_id AND s.audit_event_id = e.id
  LEFT JOIN audit_waiting w ON w.organization_id = e.organization_id AND w.audit_event_id = e.id`

/** A row that was taken away before it had a seal. */
export const LOST = `
  SELECT w.audit_event_id::text AS id FROM audit_waiting w
  WHERE w.organization_id = $1
    AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.organization_id = w.organization_id AND e.id = w.audit_event_id)
  ORDER BY w.audit_event_id LIMIT 1`
