import type { Clock } from '../../core/clock.ts'
import type { Envelope } from '../../core/envelope.ts'
import { messageId, messageOf } from '../../core/events/message.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import type { OutboundAnswer } from '../../outbound/request.ts'
import { MASK, opened } from '../endpoints/secrets.ts'
import type { Claimed } from './claim.sql.ts'
import type { Outcome } from './record.sql.ts'
import { retryAt } from './schedule.ts'
import { signatures } from './sign.ts'

export type Sender = {
  clock: Clock
  envelope: Envelope
  outbound: Pick<Outbound, 'request'>
  userAgent: string
  /** Ends what is underway when the process stops. */
  signal?: AbortSignal
}

export const TIMEOUT_MS = 15_000
/** Read, so that short answers are taken whole; of it the first kilobyte is kept. */
const READ_BYTES = 65_536
const KEPT_BYTES = 1024
const GONE = 410

const bytes = (buffer: Buffer) => Uint8Array.from(buffer)

type Letter = { body: string; headers: Record<string, string>; own: Record<string, string> }

/** What is sent: the payload, its headers, and those that the endpoint wants along. */
function letterOf({ envelope }: Sender, claimed: Claimed, at: Date): Letter {
  const { endpointId, organizationId, eventId, eventType, eventData, eventAt, organizationName } = claimed
  const { secret, previousSecret, previousSecretExpiresAt, headers, wrappedKey, keyId } = claimed
  const kept = opened(
    { envelope, organizationId },
    {
      ...{ id: endpointId, secret: bytes(secret), headers: headers && bytes(headers) },
      ...{ previousSecret: previousSecret && bytes(previousSecret), wrappedKey: bytes(wrappedKey), keyId },
    },
  )
  const overlaps = previousSecretExpiresAt !== null && previousSecretExpiresAt > at
  const secrets = { current: kept.secret(), previous: overlaps ? kept.previousSecret() : null }
  const organization = { id: organizationId, name: organizationName }
  const body = messageOf({ type: eventType, at: eventAt, data: eventData, organization })
  return {
    body,
    headers: signatures(secrets, messageId(eventId), at, body),
    own: Object.fromEntries(kept.headers().map(({ name, value }) => [name, value])),
  }
}

/** PostgreSQL's text holds no NUL. */
const prefixOf = (body: Buffer): string => body.subarray(0, KEPT_BYTES).toString().replaceAll('\0', '')

const isSuccess = (status: number): boolean => status >= 200 && status < 300

type Went = Pick<Outcome, 'status' | 'error' | 'responseHeaders' | 'responseBody'>

const answered = ({ status, headers, body }: OutboundAnswer): Went => ({
  status,
  error: isSuccess(status) ? null : `The answer was ${status}.`,
  responseHeaders: headers,
  responseBody: prefixOf(body),
})

const unanswered = (error: unknown): Went => ({
  ...{ status: null, error: (error as Error).message, responseHeaders: null, responseBody: null },
})

const masked = (own: Record<string, string>) => Object.fromEntries(Object.keys(own).map((name) => [name, MASK]))

/** Tries once, and says how it went and when to try again. */
export async function attempt(sender: Sender, claimed: Claimed): Promise<Outcome> {
  const { outbound, clock, userAgent, signal } = sender
  const startedAt = clock.now()
  const from = performance.now()
  const { body, headers, own } = letterOf(sender, claimed, startedAt)
  const ours = { 'content-type': 'application/json', 'user-agent': userAgent, ...headers }
  const bounds = { timeoutMs: TIMEOUT_MS, maxBytes: READ_BYTES, ...(signal && { signal }) }
  const went = await outbound
    .request({ method: 'POST', url: claimed.url, headers: { ...own, ...ours }, body, ...bounds })
    .then(answered, unanswered)
  const durationMs = Math.round(performance.now() - from)
  const finished = went.error === null || went.status === GONE
  const again = finished ? undefined : retryAt(clock.now(), claimed.failures + 1)
  return { startedAt, durationMs, ...went, requestHeaders: { ...masked(own), ...ours }, nextAttemptAt: again ?? null }
}

/** The receiver wants nothing more, ever. */
export const wasGone = ({ status }: Pick<Outcome, 'status'>): boolean => status === GONE
