import { describe, expect, it } from 'vitest'
import { courierDesk } from '../../../test/kit/courier.ts'
import { Receiver } from '../../../test/kit/receiver.ts'
import { createLead } from '../../crm/leads.ts'
import { createWebhookEndpoint } from '../endpoints/verbs.ts'
import { claim } from './deliver.ts'

const desk = courierDesk()
const { courier, dispatch, send, pass, endpoint, rows, deliveries, attempts, endpointRow } = desk
const NOON = new Date('2026-05-23T11:42:00Z')
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000]

describe('a receiver that fails', () => {
  const failed = async () => (await deliveries())[0]!

  it('is tried again by the schedule, under the same id, eight times in all', async () => {
    await endpoint()
    await createLead(desk.ctx, { name: 'Ada' })
    await dispatch()
    desk.receiver.answers(500, 'broken')
    const delays = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]
    for (const [nth, delay] of delays.entries()) {
      expect(await send()).toBe(1)
      const { next_attempt_at: next, state, attempts: count } = await failed()
      expect([state, count]).toEqual(['pending', nth + 1])
      expect(next.getTime() - desk.now.getTime()).toBeGreaterThanOrEqual(delay)
      expect(next.getTime() - desk.now.getTime()).toBeLessThanOrEqual(delay * 1.1)
      expect(await send()).toBe(0)
      desk.now = next
    }
    expect(await send()).toBe(1)
    expect(await failed()).toMatchObject({
      state: 'failed',
      attempts: 8,
      next_attempt_at: null,
      last_error: 'The answer was 500.',
    })
    expect(new Set(desk.receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(desk.receiver.received.map(({ body }) => body)).size).toBe(1)
    expect((await attempts()).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect((await attempts())[0]).toMatchObject({ status: 500, response_body: 'broken', error: 'The answer was 500.' })
  })

  it.each([301, 302, 307, 308, 400, 404, 429, 503])('%i is no success', async (status) => {
    await endpoint()
    await createLead(desk.ctx, { name: 'Ada' })
    await dispatch()
    desk.receiver.answering = (res) => res.writeHead(status, { location: desk.receiver.url }).end()
    await send()
    expect(desk.receiver.received).toHaveLength(1)
    expect(await failed()).toMatchObject({ state: 'pending', last_status: status })
  })

  it('by cutting the connection is told from one that answers', async () => {
    await endpoint()
    await createLead(desk.ctx, { name: 'Ada' })
    await dispatch()
    desk.receiver.answering = (res) => res.socket!.destroy()
    await send()
    expect(await failed()).toMatchObject({
      state: 'pending',
      last_status: null,
      last_error: 'The connection was reset.',
    })
  })

  it('with 410 is never sent anything again, and its owner is told', async () => {
    const { id } = await endpoint({ events: ['lead.*', 'webhook_endpoint.disabled'] })
    for (const name of ['Ada', 'Ben', 'Cleo']) await createLead(desk.ctx, { name })
    await dispatch()
    desk.receiver.answers(410)
    expect(await send(1)).toBe(1)
    expect(await endpointRow(id)).toMatchObject({
      state: 'disabled',
      disabled_reason: 'It answered 410 Gone.',
      disabled_at: desk.now,
    })
    expect((await deliveries()).map(({ state, last_error: error }) => [state, error])).toEqual([
      ['failed', 'The answer was 410.'],
      ['failed', 'The endpoint was disabled.'],
      ['failed', 'The endpoint was disabled.'],
    ])
    expect(await dispatch()).toMatchObject({ deliveries: 0 })
    const { events, audit } = await desk.graph.trail()
    expect(events.at(-1)).toMatchObject({
      type: 'webhook_endpoint.disabled',
      data: { disabledReason: 'It answered 410 Gone.' },
    })
    expect(audit.at(-1)).toMatchObject({ action: 'webhook_endpoint.disabled', targetId: String(id) })
  })

  it('for five days is disabled; one success in between and it has five days again', async () => {
    const { id } = await endpoint()
    const fail = async (status: number) => {
      await createLead(desk.ctx, { name: `at ${desk.now.toISOString()}` })
      await dispatch()
      await rows("UPDATE webhook_delivery SET state = 'failed', next_attempt_at = NULL WHERE attempts > 0")
      desk.receiver.answers(status)
      expect(await send()).toBe(1)
    }
    await fail(500)
    expect((await endpointRow(id)).failing_since).toEqual(NOON)
    pass(4 * DAY)
    await fail(500)
    expect((await endpointRow(id)).failing_since).toEqual(NOON)
    await fail(200)
    expect((await endpointRow(id)).failing_since).toBeNull()
    await fail(500)
    pass(5 * DAY - SECOND)
    await fail(500)
    expect((await endpointRow(id)).state).toBe('active')
    pass(SECOND)
    await fail(500)
    expect(await endpointRow(id)).toMatchObject({
      state: 'disabled',
      disabled_reason: 'Every attempt failed for five days.',
    })
  })

  it('keeps nobody else waiting: a few attempts of each endpoint and organization are underway, no more', async () => {
    const slow = await Receiver.open()
    slow.answering = () => {}
    for (let i = 0; i < 2; i += 1) await endpoint({ url: slow.url, events: ['lead.*'] })
    const other = { ...desk.graph.as({ organization: 'b' }).ctx, clock: desk.ctx.clock }
    await createWebhookEndpoint(other, { url: desk.receiver.url, events: ['lead.*'] })
    for (let i = 0; i < 20; i += 1) await createLead(desk.ctx, { name: `Slow ${i}` })
    await createLead(other, { name: 'Quick' })
    await dispatch()
    const claimed = await claim(courier(), { now: desk.now, most: 50 })
    const per = Map.groupBy(claimed, ({ endpointId }) => endpointId)
    expect(Math.max(...[...per.values()].map(({ length }) => length))).toBe(8)
    expect(claimed.filter(({ organizationId }) => organizationId === desk.graph.a.id)).toHaveLength(16)
    expect(claimed.filter(({ organizationId }) => organizationId === desk.graph.b.id)).toHaveLength(1)
    const busy = new Map([[desk.graph.a.id, 16]])
    expect(await claim(courier(), { now: desk.now, most: 50, busy })).toEqual([])
    await slow[Symbol.asyncDispose]()
  })
})
