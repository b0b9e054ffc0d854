/** Offers requests to one server at a steady pace, from a process of its own. Speaks JSON with its parent. */

import { setInterval } from 'node:timers/promises'
import { Caller } from './caller.ts'

export type Order = { url: string; key: string; perSecond: number; milliseconds: number }
export type Outcome = { statuses: number[]; startedAt: number; endedAt: number }

const TICK = 10

async function offer(caller: Caller, { perSecond, milliseconds }: Order): Promise<Outcome> {
  const startedAt = Date.now()
  const statuses: Promise<number>[] = []
  for await (const _ of setInterval(TICK)) {
    const elapsed = Math.min(Date.now() - startedAt, milliseconds)
    const due = Math.floor((elapsed * perSecond) / 1000) - statuses.length
    for (let i = 0; i < due; i += 1) statuses.push(caller.call('/api/v1/me').then(({ status }) => status))
    if (elapsed >= milliseconds) break
  }
  return { statuses: await Promise.all(statuses), startedAt, endedAt: Date.now() }
}

process.once('message', async (order: Order) => {
  using caller = new Caller(order.url, order.key)
  await caller.call('/livez')
  process.send?.('ready')
  await new Promise((resolve) => process.once('message', resolve))
  process.send?.(await offer(caller, order))
  process.disconnect()
})
