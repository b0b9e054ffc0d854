import { randomUUID } from 'node:crypto'
import type { App } from './app.ts'
import { systemContext } from './context.ts'
import { oneAtATime } from './core/one-at-a-time.ts'
import { VERSION } from './version.ts'
import type { Courier } from './webhooks/courier/deliver.ts'
import { dispatchEvents } from './webhooks/courier/dispatch.ts'
import { Pump } from './webhooks/courier/pump.ts'

/** However quiet it is: a word that nobody heard costs no more than this. */
const LOOK_EVERY_MS = 1000

export type Running = { stop(): Promise<void> }

/** What the courier works with, for whoever runs it. */
export const courierOf = (app: App): Courier => ({
  ...{ query: app.query, clock: app.clock, envelope: app.envelope, outbound: app.outbound, log: app.log },
  userAgent: `opsgraph/${VERSION}`,
  contextOf: (organizationId) => systemContext(app, organizationId, `webhook-${randomUUID()}`),
})

type Working = { app: App; pump: Pump; signal: AbortSignal }

const logged = (app: App, words: string, work: Promise<unknown>): Promise<void> =>
  work.then(
    () => {},
    (error: unknown) => app.log.error({ error }, words),
  )

async function tell({ app: { pool, clock, feed }, pump, signal }: Working): Promise<void> {
  const { events, deliveries } = await dispatchEvents({ pool, now: clock.now() }, { signal })
  if (deliveries > 0) pump.wake()
  if (events > 0) feed.say('told')
}

/** Tells events to whoever asked for them, and hands them over, for as long as it is not told to stop. */
export function startCourier(app: App): Running {
  const stopping = new AbortController()
  const working = { app, pump: new Pump(courierOf(app)), signal: stopping.signal }
  const telling = oneAtATime(() => logged(app, 'events could not be told', tell(working)))
  const deaf = [app.feed.on('waiting', telling.ask), app.feed.on('told', () => working.pump.wake())]
  const look = () => {
    telling.ask()
    working.pump.wake()
  }
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  look()
  return {
    async stop() {
      stopping.abort()
      clearInterval(timer)
      for (const stop of deaf) stop()
      await Promise.all([telling.idle(), working.pump.stop()])
    },
  }
}
