import { aloneWith } from '../../db/alone.ts'
import { CANONICAL } from './canonical.sql.ts'

/** Whoever adds to a chain is alone with it until its transaction has ended. */
export const ALONE = `SELECT ${aloneWith('audit seals')}`

/** The next organization with rows that wait. */
export const NEXT = {
  name: 'seal-next',
  text: 'SELECT organization_id AS id FROM audit_waiting WHERE organization_id > $1 ORDER BY organization_id LIMIT 1',
}

export const HEAD = {
  name: 'seal-head',
  text: `SELECT position, encode(hash, 'hex') AS hash FROM audit_seal WHERE organization_id = $1 ORDER BY position DESC LIMIT 1`,
}

/**
 * The next rows that wait, behind one: a row waits from its own commit on, so that one that was committed late is found by
 * whoever begins again, and gets a later place. `canonical` is null where the row is gone.
 */
export const WAITING = {
  name: 'seal-waiting',
  text: `
  SELECT w.audit_event_id::text AS id, CASE WHEN e.id IS NOT NULL THEN ${CANONICAL} END AS canonical
  FROM (
    SELECT organization_id, audit_event_id FROM audit_waiting
    WHERE organization_id = $1 AND audit_event_id > $2::bigint ORDER BY audit_event_id LIMIT $3
  ) w
  LEFT JOIN audit_event e ON e.organization_id = w.organization_id AND e.id = w.audit_event_id
  ORDER BY w.audit_event_id`,
}

/** The seals of one batch, each behind the one before; what has its seal waits no longer. */
export const SEAL = {
  name: 'seal',
  text: `
  WITH sealed AS (
    INSERT INTO audit_seal (organization_id, audit_event_id, position, previous_hash, hash)
    SELECT $1, seal.* FROM unnest($2::bigint[], $3::int[], $4::bytea[], $5::bytea[]) AS seal
  )
  DELETE FROM audit_waiting WHERE organization_id = $1 AND audit_event_id = ANY ($2::bigint[])`,
}
