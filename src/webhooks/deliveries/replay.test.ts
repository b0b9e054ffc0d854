import { describe, expect, it } from 'vitest'
import { courierDesk } from '../../../test/kit/courier.ts'
import { createLead } from '../../crm/leads.ts'
import { replayWebhookEvents } from './verbs.ts'

const desk = courierDesk()
const { dispatch, send, pass, endpoint, rows, deliveries } = desk
const NOON = new Date('2026-05-23T11:42:00Z')
const MINUTE = 60_000

describe('a replay', () => {
  it('sends everything since a time again, and what was never sent, but leaves what waits', async () => {
    for (const name of ['Before', 'Early']) {
      await createLead(desk.ctx, { name })
      pass(MINUTE)
    }
    const { id } = await endpoint()
    await createLead(desk.ctx, { name: 'Sent' })
    await dispatch()
    await send()
    const since = new Date(NOON.getTime() + MINUTE)
    pass(MINUTE)
    expect(await replayWebhookEvents(desk.ctx, id, { since })).toMatchObject({ count: 2, nextSince: null })
    await send()
    const names = desk.receiver.received.map(({ body }) => JSON.parse(body).data.name)
    expect(names).toEqual(['Sent', 'Early', 'Sent'])
    expect(await deliveries()).toHaveLength(2)
  })

  it('can leave out what was delivered', async () => {
    const { id } = await endpoint()
    for (const name of ['Ada', 'Ben']) await createLead(desk.ctx, { name })
    await dispatch()
    await send()
    await rows("UPDATE webhook_delivery SET state = 'failed' WHERE id = (SELECT min(id) FROM webhook_delivery)")
    pass(MINUTE)
    expect(await replayWebhookEvents(desk.ctx, id, { since: NOON, failedOnly: true })).toMatchObject({ count: 1 })
    await expect(replayWebhookEvents(desk.ctx, id, { since: new Date(desk.now.getTime() + 1) })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    })
  })
})
