import { aloneWith } from '../../db/alone.ts'
import { CANONICAL } from './canonical.sql.ts'

/** Whoever adds to a chain is alone with it until its transaction has ended. */
export const ALONE = `SELECT ${aloneWith('audit seals')}`

/** The next organization with rows that wait. */
export const NEXT = {
  name: 'seal-next',
  text: 'SELECT organization_id AS id FROM audit_waiting WHERE organization_id > $1 ORDER BY organization_id LIMIT 1',
}

/**
 * Seals the next rows that wait, behind one; each seal hashes the one before, and what has its seal waits no longer. A row
 * waits from its own commit on, so that one that was committed late is found by whoever begins again, and gets a later place.
 * A row that was taken away while it waited goes on waiting, and is found by whoever proves the trail.
 */
export const SEAL = {
  name: 'seal',
  text: `
  WITH head AS MATERIALIZED (
    SELECT position, hash FROM audit_seal WHERE organization_id = $1 ORDER BY position DESC LIMIT 1
  ), waiting AS MATERIALIZED (
    SELECT organization_id, audit_event_id AS id FROM audit_waiting
    WHERE organization_id = $1 AND audit_event_id > $2::bigint ORDER BY audit_event_id LIMIT $3
  ), behind AS MATERIALIZED (
    SELECT coalesce((SELECT position FROM head), 0) AS position, coalesce((SELECT hash FROM head), decode($4, 'hex')) AS hash
  ), linked AS (
    SELECT e.organization_id, e.id, (behind.position + row_number() OVER chain)::int AS position, behind.hash AS first,
      audit_chain(behind.hash, ${CANONICAL}) OVER chain AS hash
    FROM waiting w
    CROSS JOIN LATERAL (SELECT * FROM audit_event e WHERE e.organization_id = w.organization_id AND e.id = w.id LIMIT 1) e
    CROSS JOIN behind
    WINDOW chain AS (ORDER BY e.id ROWS UNBOUNDED PRECEDING)
  ), sealed AS (
    INSERT INTO audit_seal (organization_id, audit_event_id, position, previous_hash, hash)
    SELECT organization_id, id, position, lag(hash, 1, first) OVER (ORDER BY id), hash FROM linked
    RETURNING organization_id, audit_event_id
  ), done AS (
    DELETE FROM audit_waiting w USING sealed s
    WHERE w.organization_id = s.organization_id AND w.audit_event_id = s.audit_event_id
  )
  SELECT (SELECT count(*)::int FROM sealed) AS sealed, count(*)::int AS looked, max(id)::text AS last FROM waiting`,
}
