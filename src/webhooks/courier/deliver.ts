import { randomUUID } from 'node:crypto'
import type { Context } from '../../core/context.ts'
import type { SystemQuery } from '../../db/tenant.ts'
import { disableWebhookEndpoint } from '../endpoints/verbs.ts'
import { attempt, type Sender, TIMEOUT_MS, wasGone } from './attempt.ts'
import { type Claimed, claimDue, releaseLease } from './claim.sql.ts'
import { type Outcome, type Recorded, recordOutcome } from './record.sql.ts'
import { DISABLED_AFTER_MS } from './schedule.ts'

export type Courier = Sender & {
  query: SystemQuery
  log: { error(fields: object, message: string): void }
  /** The server's own context in an organization. */
  contextOf(organizationId: number): Context
}

/** Longer than any attempt takes: whoever has not said by then how it went is dead. */
const LEASE_MS = 4 * TIMEOUT_MS
const PER_ENDPOINT = 8
const PER_ORGANIZATION = 16

export type Capacity = { now: Date; most: number; busy?: ReadonlyMap<number, number> }

/** Takes deliveries that are due upon oneself; nobody else is given them before the lease ends. */
export const claim = (
  { query }: Pick<Courier, 'query'>,
  { now, most, busy = new Map() }: Capacity,
): Promise<Claimed[]> =>
  claimDue(query, {
    ...{ now, most, busy, lease: randomUUID(), leasedUntil: new Date(now.getTime() + LEASE_MS) },
    ...{ perEndpoint: PER_ENDPOINT, perOrganization: PER_ORGANIZATION },
  })

const GONE = 'It answered 410 Gone.'
const FAILING = 'Every attempt failed for five days.'

function reasonToDisable(outcome: Outcome, { failingSince }: Recorded): string | undefined {
  if (wasGone(outcome)) return GONE
  if (outcome.error === null || failingSince === null) return undefined
  return outcome.startedAt.getTime() - failingSince.getTime() >= DISABLED_AFTER_MS ? FAILING : undefined
}

/** An attempt that was cut off by the end of the process says nothing of the receiver: somebody else makes it at once. */
const release = ({ query, clock }: Courier, { organizationId, id, lease }: Claimed): Promise<void> =>
  releaseLease(query, { organizationId, id, lease, now: clock.now() })

/** Tries one delivery and writes down how it went. Where that cannot be written, somebody tries it again later. */
export async function deliver(courier: Courier, claimed: Claimed): Promise<void> {
  const { organizationId, endpointId, id } = claimed
  try {
    const outcome = await attempt(courier, claimed)
    if (courier.signal?.aborted && outcome.error !== null) return await release(courier, claimed)
    const recorded = await recordOutcome(courier.query, claimed, outcome)
    const reason = recorded && reasonToDisable(outcome, recorded)
    if (reason) await disableWebhookEndpoint(courier.contextOf(organizationId), endpointId, reason)
  } catch (error) {
    courier.log.error({ error, organizationId, deliveryId: id }, 'a webhook delivery could not be tried or recorded')
  }
}

/** Tries what is due now, some of it at a time; says how many that were. */
export async function deliverDue(courier: Courier, { now = courier.clock.now(), most = 50 } = {}): Promise<number> {
  const claimed = await claim(courier, { now, most })
  await Promise.all(claimed.map((each) => deliver(courier, each)))
  return claimed.length
}
