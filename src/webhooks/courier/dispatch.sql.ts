import { aloneWith } from '../../db/alone.ts'

/** Whoever gives out positions is alone with it until its transaction has ended. */
export const ALONE = `SELECT ${aloneWith('dispatch')}`

/**
 * Events that nobody has told yet, in the order in which they were announced: each is given its position, and a delivery for
 * every endpoint that asks for it. Both or neither, once: an event with a position is not looked at again.
 */
export const DISPATCH = `
WITH waiting AS MATERIALIZED (
  SELECT e.*, nextval('event_position_seq') AS place FROM (
    SELECT organization_id, id, type, at FROM event WHERE position IS NULL ORDER BY id LIMIT $1
  ) e
), placed AS (
  UPDATE event e SET position = w.place FROM waiting w WHERE e.organization_id = w.organization_id AND e.id = w.id
), sent AS (
  INSERT INTO webhook_delivery (organization_id, webhook_endpoint_id, event_id, event_type, next_attempt_at, created_at)
  SELECT e.organization_id, w.id, e.id, e.type, $4, $4
  FROM waiting e
  JOIN unnest($2::text[], $3::text[]) AS known (type, permission) USING (type)
  JOIN webhook_endpoint w ON w.organization_id = e.organization_id AND w.state = 'active' AND w.created_at <= e.at
    AND w.events && ARRAY[e.type, split_part(e.type, '.', 1) || '.*', '*']
    AND w.permissions && ARRAY[known.permission, '*']
  ORDER BY e.place, w.id
  ON CONFLICT (organization_id, webhook_endpoint_id, event_id) DO NOTHING
  RETURNING 1
)
SELECT (SELECT count(*) FROM waiting)::int AS events, (SELECT count(*) FROM sent)::int AS deliveries`
