import type { Transaction } from '../../db/client.ts'

export type Replay = {
  organizationId: number
  endpointId: number
  types: readonly string[]
  since: Date
  until: Date
  failedOnly: boolean
  now: Date
  most: number
}

/**
 * Oldest first, so that whoever goes on from the last one looked at misses none. What waits already is left to wait, and where
 * an event was sent before decides the unique key itself, which needs no statistics to be found.
 */
const REPLAY = `
WITH chosen AS MATERIALIZED (
  SELECT e.organization_id, e.id, e.type, e.at FROM event e
  WHERE e.organization_id = $1 AND e.at >= $4 AND e.at <= $5 AND e.type = ANY ($3)
  ORDER BY e.at, e.id LIMIT $8
), sent AS (
  INSERT INTO webhook_delivery AS d (organization_id, webhook_endpoint_id, event_id, event_type, next_attempt_at, created_at)
  SELECT organization_id, $2, id, type, $7, $7 FROM chosen ORDER BY at, id
  ON CONFLICT (organization_id, webhook_endpoint_id, event_id)
  DO UPDATE SET state = 'pending', failures = 0, next_attempt_at = $7, lease = NULL
    WHERE d.state = 'failed' OR (d.state = 'delivered' AND NOT $6)
  RETURNING 1
)
SELECT (SELECT count(*) FROM sent)::int AS count, count(*)::int AS seen, max(at) AS last FROM chosen`

export type Replayed = { count: number; seen: number; last: Date | null }

/** Sets the events of a time on their way to an endpoint again, and for the first time where they never were. */
export async function replay(tx: Transaction, wish: Replay): Promise<Replayed> {
  const { organizationId, endpointId, types, since, until, failedOnly, now, most } = wish
  const [found] = await tx.$queryRawUnsafe<Replayed[]>(
    REPLAY,
    ...[organizationId, endpointId, types, since, until, failedOnly, now, most],
  )
  return found!
}

/** Sends the event that this transaction announced last to one endpoint, whether or not it asked for such events. */
export const sendLastTo = (tx: Transaction, organizationId: number, endpointId: number, now: Date) =>
  tx.$queryRaw<{ id: bigint }[]>`
    INSERT INTO webhook_delivery (organization_id, webhook_endpoint_id, event_id, event_type, next_attempt_at, created_at)
    SELECT organization_id, ${endpointId}, id, type, ${now}::timestamptz, ${now}::timestamptz FROM event
    WHERE organization_id = ${organizationId} AND id = currval(pg_get_serial_sequence('event', 'id'))
    RETURNING id`
