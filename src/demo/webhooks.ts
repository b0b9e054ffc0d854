import type { Envelope } from '../core/envelope.ts'
import { messageId } from '../core/events/message.ts'
import { newSecret, placeOf, sealedHeaders, sealedSecret } from '../webhooks/endpoints/secrets.ts'
import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'
import type { Staffed } from './people.ts'

type Plain = Omit<
  Parameters<typeof Rows.prototype.add<'WebhookEndpoint'>>[1],
  'wrappedKey' | 'keyId' | 'secret' | 'headers' | 'headerNames'
>
type Headers = Parameters<typeof sealedHeaders>[1]

/** An endpoint whose secret nobody knows, encrypted like any other's. */
export function addEndpoint(rows: Rows, envelope: Envelope, plain: Plain, headers: Headers = []): number {
  const { key, stored } = envelope.create(placeOf(rows, rows.next('WebhookEndpoint')))
  const secrets = { ...stored, ...sealedSecret(key, newSecret()), ...sealedHeaders(key, headers) }
  return rows.add('WebhookEndpoint', { ...secrets, ...plain })
}

export type Site = { id: number; name: string; url: string }
type Told = { endpoint: number; site: Site; nth: number; at: Date; answers: readonly number[] }

const ERROR = 'Connection timed out'
const EVERYTHING = ['*']
const MINUTE_MS = 60_000

const requestHeaders = (eventId: number, at: Date) => ({
  'content-type': 'application/json',
  'webhook-id': messageId(eventId),
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
})

/** A fault of a site, or its end, and how it came to the endpoint: the last answer decides. */
function addTold({ rows }: Staffed, { endpoint, site, nth, at, answers }: Told): void {
  const down = nth % 2 === 0
  const told = { monitorId: site.id, name: site.name, url: site.url, ...(down && { error: ERROR }) }
  const eventType = down ? 'monitor.down' : 'monitor.up'
  const eventId = rows.add('Event', { type: eventType, data: told, requestId: `demo-check-${nth + 1}`, at })
  const tried = answers.map((status, i) => ({ status, startedAt: new Date(at.getTime() + i * 5 * MINUTE_MS) }))
  const last = tried.at(-1)!
  const delivered = last.status < 300
  const error = delivered ? null : `The answer was ${last.status}.`
  const deliveryId = rows.add('WebhookDelivery', {
    ...{ webhookEndpointId: endpoint, eventId, eventType, state: delivered ? 'delivered' : 'failed' },
    ...{ attempts: tried.length, failures: tried.length - Number(delivered), createdAt: at },
    ...{ lastAttemptAt: last.startedAt, lastDurationMs: 84 + nth, lastStatus: last.status, lastError: error },
    ...{ lastResponseBody: delivered ? 'ok' : '', deliveredAt: delivered ? last.startedAt : null },
  })
  tried.forEach(({ status, startedAt }, i) => {
    rows.add('WebhookAttempt', {
      ...{ webhookDeliveryId: deliveryId, number: i + 1, startedAt, durationMs: 84 + nth, status },
      ...{ error: status < 300 ? null : `The answer was ${status}.`, responseBody: status < 300 ? 'ok' : '' },
      ...{ requestHeaders: requestHeaders(eventId, startedAt), responseHeaders: { 'content-type': 'text/plain' } },
    })
  })
}

const ANSWERS: readonly (readonly number[])[] = [[200], [200], [503, 200], [200], [500, 502, 204], [200]]
const REFUSED: readonly number[] = [500, 500, 500, 500, 500, 500, 500, 500]
const TOLD = 12

/** The names are of nobody: example.com has no such hosts. */
export function addWebhooks(staffed: Staffed, sites: readonly Site[], { at }: Calendar, envelope: Envelope): void {
  const { rows } = staffed
  const endpoint = addEndpoint(
    rows,
    envelope,
    {
      ...{ url: 'https://hooks.example.com/opsgraph', description: 'The on-call rotation', permissions: EVERYTHING },
      ...{
        events: ['monitor.down', 'monitor.up', 'vault.breach'],
        createdAt: at(-60, '09:00'),
        updatedAt: at(-60, '09:00'),
      },
    },
    [{ name: 'X-Environment', value: 'production' }],
  )
  addEndpoint(rows, envelope, {
    ...{ url: 'https://crm-sync.example.com/events', description: 'The old CRM', permissions: EVERYTHING },
    ...{ events: ['lead.*', 'client.*'], state: 'disabled', disabledReason: 'It answered 410 Gone.' },
    ...{ disabledAt: at(-12, '16:20'), createdAt: at(-200, '09:00'), updatedAt: at(-12, '16:20') },
  })
  for (let nth = 0; nth < TOLD; nth += 1)
    addTold(staffed, {
      ...{ endpoint, nth, site: sites[Math.floor(nth / 2) % sites.length]! },
      ...{ at: at(-TOLD + nth - 1, nth % 2 === 0 ? '14:32' : '14:41') },
      answers: nth === 7 ? REFUSED : ANSWERS[nth % ANSWERS.length]!,
    })
}
