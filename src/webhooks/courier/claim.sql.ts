import type { SystemQuery } from '../../db/tenant.ts'

/** A delivery that somebody has taken upon themselves to try, with all that takes. */
export type Claimed = {
  id: string
  organizationId: number
  organizationName: string
  endpointId: number
  eventId: string
  eventType: string
  eventData: unknown
  eventAt: Date
  attempts: number
  failures: number
  lease: string
  url: string
  secret: Buffer
  previousSecret: Buffer | null
  previousSecretExpiresAt: Date | null
  headers: Buffer | null
  wrappedKey: Buffer
  keyId: string
}

export type Claim = {
  now: Date
  lease: string
  /** Until then nobody else tries them; afterwards whoever claimed them is taken for dead. */
  leasedUntil: Date
  most: number
  /** Of one endpoint, and of one organization, at a time. */
  perEndpoint: number
  perOrganization: number
  /** How many attempts of which organization are underway here. */
  busy: ReadonlyMap<number, number>
}

/** The oldest of what is due, a few of each endpoint, so that nobody waits behind one that hangs. */
const CLAIM = `
WITH due AS (
  SELECT d.organization_id, d.id, d.next_attempt_at, d.event_id,
    row_number() OVER (PARTITION BY d.organization_id ORDER BY d.next_attempt_at, d.event_id) + coalesce(busy.count, 0) AS nth
  FROM webhook_endpoint w
  CROSS JOIN LATERAL (
    SELECT organization_id, id, next_attempt_at, event_id FROM webhook_delivery
    WHERE organization_id = w.organization_id AND webhook_endpoint_id = w.id AND state = 'pending' AND next_attempt_at <= $1
    ORDER BY next_attempt_at, event_id LIMIT $5
  ) d
  LEFT JOIN unnest($7::int[], $8::int[]) AS busy (organization_id, count) ON busy.organization_id = w.organization_id
  WHERE w.state = 'active'
), chosen AS (
  SELECT d.organization_id, d.id FROM due JOIN webhook_delivery d USING (organization_id, id)
  WHERE due.nth <= $6 AND d.state = 'pending' AND d.next_attempt_at <= $1
  ORDER BY due.next_attempt_at, d.event_id LIMIT $4 FOR UPDATE OF d SKIP LOCKED
)
UPDATE webhook_delivery d SET lease = $2, next_attempt_at = $3
FROM chosen c
JOIN organization o ON o.id = c.organization_id, webhook_endpoint w, event e
WHERE d.organization_id = c.organization_id AND d.id = c.id
  AND w.organization_id = d.organization_id AND w.id = d.webhook_endpoint_id
  AND e.organization_id = d.organization_id AND e.id = d.event_id
RETURNING d.id::text, d.organization_id AS "organizationId", o.name AS "organizationName", w.id AS "endpointId",
  e.id::text AS "eventId", e.type AS "eventType", e.data AS "eventData", e.at AS "eventAt", d.attempts, d.failures, d.lease,
  w.url, w.secret, w.previous_secret AS "previousSecret", w.previous_secret_expires_at AS "previousSecretExpiresAt",
  w.headers, w.wrapped_key AS "wrappedKey", w.key_id AS "keyId"`

/** In the order of their events. */
export async function claimDue(query: SystemQuery, claim: Claim): Promise<Claimed[]> {
  const { now, lease, leasedUntil, most, perEndpoint, perOrganization, busy } = claim
  const values = [now, lease, leasedUntil, most, perEndpoint, perOrganization, [...busy.keys()], [...busy.values()]]
  const claimed = await query<Claimed>(CLAIM, values, 'webhook-claim', { planned: true })
  return claimed.sort((a, b) => Number(a.eventId) - Number(b.eventId))
}

const RELEASE = `
  UPDATE webhook_delivery SET lease = NULL, next_attempt_at = $4 WHERE organization_id = $1 AND id = $2 AND lease = $3`

type Held = Pick<Claimed, 'organizationId' | 'id' | 'lease'> & { now: Date }

export async function releaseLease(query: SystemQuery, { organizationId, id, lease, now }: Held): Promise<void> {
  await query(RELEASE, [organizationId, id, lease, now], 'webhook-release')
}
