import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { courierDesk } from '../../../test/kit/courier.ts'
import { startCourier } from '../../courier.ts'
import { createLead } from '../../crm/leads.ts'
import { pruneEvents } from './prune.ts'

const desk = courierDesk()
const { dispatch, send, pass, endpoint, rows, deliveries, attempts } = desk
const DAY = 86_400_000

describe('in a running process', () => {
  it('what happens is sent within a moment', async () => {
    const { app } = desk.graph.kit
    await endpoint()
    const running = startCourier(app)
    try {
      const from = performance.now()
      await createLead(desk.ctx, { name: 'Ada' })
      while (desk.receiver.received.length === 0 && performance.now() - from < 5000) await pause(5)
      expect(desk.receiver.received).toHaveLength(1)
    } finally {
      await running.stop()
    }
  })

  it('events are kept for thirty days, with what became of them', async () => {
    await endpoint()
    await createLead(desk.ctx, { name: 'Old' })
    pass(30 * DAY)
    await createLead(desk.ctx, { name: 'New' })
    await dispatch()
    await send()
    const kept = async () => (await rows('SELECT count(*)::int AS n FROM event'))[0]!.n
    const before = await kept()
    expect(await pruneEvents(desk.graph.kit.app.query, desk.now)).toBe(0)
    expect(await pruneEvents(desk.graph.kit.app.query, new Date(desk.now.getTime() + 1), 1)).toBe(before - 1)
    expect(await rows("SELECT data ->> 'name' AS name FROM event")).toEqual([{ name: 'New' }])
    expect([(await deliveries()).length, (await attempts()).length]).toEqual([1, 1])
  })
})
