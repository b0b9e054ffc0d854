import { describe, expect, it } from 'vitest'
import { courierDesk } from '../../../test/kit/courier.ts'
import { createLead } from '../../crm/leads.ts'
import { claim, deliver } from '../courier/deliver.ts'
import { updateWebhookEndpoint } from '../endpoints/verbs.ts'
import { replayWebhookEvents, retryWebhookDelivery, testWebhookEndpoint } from './verbs.ts'

const desk = courierDesk()
const { courier, dispatch, send, pass, endpoint, rows, deliveries, attempts } = desk
const MINUTE = 60_000

describe('a delivery', () => {
  const pending = async () => {
    await endpoint()
    await createLead(desk.ctx, { name: 'Ada' })
    await dispatch()
    return (await deliveries())[0]!
  }

  it('is tried by one at a time; who dies over it is followed by another after a minute', async () => {
    await pending()
    const [[first], second] = [
      await claim(courier(), { now: desk.now, most: 5 }),
      await claim(courier(), { now: desk.now, most: 5 }),
    ]
    expect([first?.eventType, second]).toEqual(['lead.created', []])
    pass(MINUTE)
    const [again] = await claim(courier(), { now: desk.now, most: 5 })
    expect(again).toMatchObject({ id: first!.id, eventId: first!.eventId, attempts: 0 })
    await deliver(courier(), again!)
    // The one that was taken for dead was only slow: it says nothing any more.
    desk.receiver.answers(500)
    await deliver(courier(), first!)
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 1 }])
    expect(await attempts()).toHaveLength(1)
    const ids = desk.receiver.received.map(({ headers }) => headers['webhook-id'])
    expect([ids.length, new Set(ids).size]).toEqual([2, 1])
  })

  it('is claimed by many at once, each by one of them', async () => {
    await endpoint()
    for (let i = 0; i < 8; i += 1) await createLead(desk.ctx, { name: `Lead ${i}` })
    await dispatch()
    const all = (
      await Promise.all(Array.from({ length: 6 }, () => claim(courier(), { now: desk.now, most: 3 })))
    ).flat()
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    const rest = await claim(courier(), { now: desk.now, most: 50 })
    expect(all.length + rest.length).toBe(8)
  })

  it('that the end of the process cuts off is left to the next one, at once', async () => {
    await pending()
    const ending = new AbortController()
    desk.receiver.answering = () => ending.abort()
    const [claimed] = await claim(courier(), { now: desk.now, most: 1 })
    await deliver({ ...courier(), signal: ending.signal }, claimed!)
    expect(await deliveries()).toMatchObject([
      { state: 'pending', attempts: 0, lease: null, next_attempt_at: desk.now },
    ])
    desk.receiver.answers(200)
    expect(await send()).toBe(1)
  })

  it('is sent again by hand, from the beginning of the schedule', async () => {
    const { id } = await pending()
    desk.receiver.answers(500)
    await send()
    await rows("UPDATE webhook_delivery SET state = 'failed', failures = 8, next_attempt_at = NULL")
    expect(await retryWebhookDelivery(desk.ctx, Number(id))).toMatchObject({
      state: 'pending',
      failures: 0,
      nextAttemptAt: desk.now,
    })
    await expect(retryWebhookDelivery(desk.ctx, Number(id))).rejects.toMatchObject({ code: 'CONFLICT' })
    await claim(courier(), { now: desk.now, most: 1 })
    await expect(retryWebhookDelivery(desk.ctx, Number(id))).rejects.toThrow('being tried')
    pass(MINUTE)
    desk.receiver.answers(200)
    await send()
    expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 2 }])
    await retryWebhookDelivery(desk.ctx, Number(id))
    await send()
    expect(new Set(desk.receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const { events } = await desk.graph.trail()
    expect(events.filter(({ type }) => type === 'webhook_delivery.retried')).toHaveLength(2)
  })

  it('is not sent again to an endpoint that is disabled', async () => {
    const { id, webhook_endpoint_id: endpointId } = await pending()
    await send()
    await updateWebhookEndpoint(desk.ctx, endpointId, { state: 'disabled' })
    await expect(retryWebhookDelivery(desk.ctx, Number(id))).rejects.toThrow('disabled')
    await expect(testWebhookEndpoint(desk.ctx, endpointId)).rejects.toThrow('disabled')
    await expect(replayWebhookEvents(desk.ctx, endpointId, { since: new Date(0) })).rejects.toThrow('disabled')
  })

  it('of a test goes to that endpoint only', async () => {
    const { id } = await endpoint()
    await endpoint()
    await testWebhookEndpoint(desk.ctx, id)
    await dispatch()
    expect(await send()).toBe(1)
    expect(JSON.parse(desk.receiver.received[0]!.body)).toMatchObject({
      event: 'webhook_endpoint.tested',
      data: { id, url: desk.receiver.url },
    })
  })

  it('is read with what was sent, by those who may read the event', async () => {
    await pending()
    await send()
    const query = `{ webhookDeliveries { nodes { event messageId state attemptCount responseStatus responseBody requestBody durationMs
      webhookEndpoint { url } attempts { totalCount nodes { number status responseBody requestHeaders } } } } }`
    const { data } = await desk.graph.as().run(query)
    const [shown] = data.webhookDeliveries.nodes
    expect(shown).toMatchObject({
      ...{ event: 'lead.created', state: 'DELIVERED', attemptCount: 1, responseStatus: 200, responseBody: 'ok' },
      ...{ requestBody: desk.receiver.received[0]!.body, messageId: desk.receiver.received[0]!.headers['webhook-id'] },
      attempts: { totalCount: 1, nodes: [{ number: 1, status: 200, responseBody: 'ok' }] },
    })
    const few = await desk.graph.as({ permissions: ['webhooks:manage'] }).run(query)
    expect(few.data.webhookDeliveries.nodes[0]).toMatchObject({
      ...{ event: 'lead.created', responseStatus: 200, responseBody: null, requestBody: null },
      attempts: { nodes: [{ responseBody: null }] },
    })
  })
})
