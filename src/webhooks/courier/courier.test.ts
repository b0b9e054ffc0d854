import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { courierDesk } from '../../../test/kit/courier.ts'
import type { Receiver } from '../../../test/kit/receiver.ts'
import { transaction } from '../../core/context.ts'
import { record } from '../../core/record.ts'
import { createLead, updateLead } from '../../crm/leads.ts'
import { testWebhookEndpoint } from '../deliveries/verbs.ts'
import { createWebhookEndpoint, rotateWebhookSecret, updateWebhookEndpoint } from '../endpoints/verbs.ts'
import { dispatchEvents } from './dispatch.ts'

const desk = courierDesk()
const { dispatch, send, pass, endpoint, rows, deliveries, attempts, endpointRow } = desk
const [SECOND, HOUR] = [1000, 3_600_000]

describe('an event', () => {
  it('is sent as it is documented, signed in both ways', async () => {
    const { id, shown } = await endpoint({
      events: ['monitor.down'],
      headers: [{ name: 'X-Environment', value: 'prod' }],
    })
    const data = { monitorId: 7, name: 'Main Website', url: 'https://example.com', error: 'Connection timed out' }
    desk.now = new Date('2026-05-23T14:32:00.123Z')
    await transaction(desk.ctx, (tx) =>
      record(tx, desk.ctx, { type: 'monitor.down', target: { type: 'monitor', id: 7 }, data }),
    )
    expect(await dispatch()).toMatchObject({ deliveries: 1 })
    expect(await send()).toBe(1)
    const [{ body, headers }] = desk.receiver.received as [Receiver['received'][number]]
    expect(body).toBe(
      `{"event":"monitor.down","timestamp":"2026-05-23T14:32:00Z","organization":{"id":${desk.graph.a.id},"name":"Organization a"},` +
        '"data":{"monitor_id":7,"name":"Main Website","url":"https://example.com","error":"Connection timed out"}}',
    )
    expect(headers).toMatchObject({
      ...{
        'content-type': 'application/json',
        'x-environment': 'prod',
        'user-agent': expect.stringMatching(/^opsgraph\//),
      },
      'x-webhook-signature': `sha256=${createHmac('sha256', shown!).update(body).digest('hex')}`,
      'webhook-timestamp': String(Math.floor(desk.now.getTime() / 1000)),
    })
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const key = Buffer.from(shown!.slice('whsec_'.length), 'base64')
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    expect((await endpointRow(id)).failing_since).toBeNull()
    expect(await attempts()).toMatchObject([
      {
        ...{ number: 1, status: 200, error: null, response_body: 'ok', started_at: desk.now },
        request_headers: { 'X-Environment': '**********', 'webhook-id': headers['webhook-id'] },
      },
    ])
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 1, next_attempt_at: null, lease: null }])
  })

  it('is checked by the receiver’s library, by either secret while a rotation overlaps', async () => {
    const { id, shown: old } = await endpoint()
    const verified = (secret: string) => {
      const { body, headers } = desk.receiver.received.at(-1)!
      const wanted = new Webhook(secret).sign(headers['webhook-id']!, desk.now, body)
      return headers['webhook-signature']!.split(' ').includes(wanted)
    }
    const legacy = (secret: string) => {
      const { body, headers } = desk.receiver.received.at(-1)!
      return headers['x-webhook-signature'] === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
    }
    const { shown: fresh } = await rotateWebhookSecret(desk.ctx, id, { overlapSeconds: 3600 })
    await testWebhookEndpoint(desk.ctx, id)
    await send()
    expect([verified(old!), verified(fresh!), legacy(old!), legacy(fresh!)]).toEqual([true, true, true, false])
    pass(HOUR)
    await testWebhookEndpoint(desk.ctx, id)
    await send()
    expect([verified(old!), verified(fresh!), legacy(old!), legacy(fresh!)]).toEqual([false, true, false, true])
  })

  it('goes to every endpoint that asks for it, once, and to no other', async () => {
    const [all, leads] = [await endpoint({ events: ['*'] }), await endpoint({ events: ['lead.created'] })]
    await endpoint({ events: ['client.*', 'lead.deleted'] })
    const off = await endpoint()
    await updateWebhookEndpoint(desk.ctx, off.id, { state: 'disabled' })
    const few = { ...desk.ctx, permissions: new Set(['webhooks:manage', 'clients:read'] as const) }
    await createWebhookEndpoint(few, { url: desk.receiver.url, events: ['*'] })
    await dispatch()
    await rows('DELETE FROM webhook_delivery')
    const { id } = await createLead(desk.ctx, { name: 'Ada' })
    await updateLead(desk.ctx, id, { name: 'Ada Moreno' })
    await createLead(desk.graph.as({ organization: 'b' }).ctx, { name: 'Elsewhere' })
    expect(await dispatch()).toEqual({ events: 3, deliveries: 3 })
    expect(await dispatch()).toEqual({ events: 0, deliveries: 0 })
    const told = (await deliveries()).map((row) => [row.webhook_endpoint_id, row.event_type])
    expect(told).toEqual([
      [all.id, 'lead.created'],
      [leads.id, 'lead.created'],
      [all.id, 'lead.updated'],
    ])
  })

  it('is told once, however many tell at the same time, and positions are given in order', async () => {
    await endpoint()
    await dispatch()
    await Promise.all(Array.from({ length: 40 }, (_, i) => createLead(desk.ctx, { name: `Lead ${i}` })))
    const small = { batch: 7 }
    const all = await Promise.all(
      Array.from({ length: 5 }, () => dispatchEvents({ pool: desk.graph.kit.app.pool, now: desk.now }, small)),
    )
    expect(all.reduce((sum, { events }) => sum + events, 0)).toBe(40)
    expect(await deliveries()).toHaveLength(40)
    const ordered = await rows('SELECT id, position FROM event ORDER BY position')
    expect(new Set(ordered.map(({ position }) => position)).size).toBe(ordered.length)
  })

  it('before there was an endpoint is none of its business', async () => {
    await createLead(desk.ctx, { name: 'Early' })
    pass(SECOND)
    await endpoint()
    await createLead(desk.ctx, { name: 'Late' })
    await dispatch()
    expect(await deliveries()).toHaveLength(1)
  })
})
