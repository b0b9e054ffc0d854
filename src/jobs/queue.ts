import { setTimeout as pause } from 'node:timers/promises'
import type { Registry } from 'prom-client'
import { postgresListen } from '../access/listen.ts'
import type { App } from '../app.ts'
import { oneAtATime } from '../core/one-at-a-time.ts'
import type { Observe } from './attempt.ts'
import { openBoss, type PgBoss } from './boss.ts'
import { handOver } from './hand-over.ts'
import { jobMetrics } from './metrics.ts'
import { type Runner, startRunner } from './runner.ts'
import { startScheduler } from './scheduler.ts'

export type Part = { stop(): Promise<void> }

const CHANNEL = 'opsgraph_jobs'
/** What was announced while nobody listened is found by looking. */
const SWEEP_MS = 30_000
const AGAIN_MS = 2000
const GRACE_MS = 6000

function startHandingOver(app: App, boss: PgBoss, runner: Runner) {
  const handing = oneAtATime(() =>
    handOver(app, boss).then(
      (names) => {
        app.pulse.beat()
        names.forEach(runner.wake)
      },
      (error: unknown) => app.log.warn({ error }, 'jobs could not be handed to the queue'),
    ),
  )
  const heard = (payload: string) => {
    const [state, organizationId, id] = payload.split(' ')
    if (state === 'cancelled') runner.cancel(Number(organizationId), Number(id))
    else handing.ask()
  }
  const log = (message: string, error: unknown) => app.log.warn({ error }, message)
  const connection = { connectionString: app.databaseUrl, application_name: 'opsgraph jobs listener' }
  const listening = postgresListen(connection, { log })(CHANNEL, heard, (up) => up && handing.ask())
  const timer = setInterval(handing.ask, SWEEP_MS).unref()
  return async () => {
    clearInterval(timer)
    await listening.close()
    await handing.idle()
  }
}

type Stop = () => Promise<void>

/** Everything at work, or nothing: what was begun before something failed is ended. */
async function begin(app: App, observe: Observe): Promise<Stop> {
  const boss = await openBoss(app)
  const stopping = new AbortController()
  const end = () => {
    stopping.abort()
    return boss.stop({ graceful: true, timeout: GRACE_MS })
  }
  try {
    const runner = await startRunner(app, boss, stopping.signal, observe)
    await startScheduler(app, boss)
    const stopHanding = startHandingOver(app, boss, runner)
    // What is put back is for others: it is not handed over here again.
    return () => stopHanding().finally(end)
  } catch (error) {
    await end()
    throw error
  }
}

/** Until the queue is there, or the process is told to stop. */
async function persevering(app: App, stopping: AbortSignal, observe: Observe): Promise<Stop | undefined> {
  while (!stopping.aborted) {
    const stop = await begin(app, observe).catch((error: unknown) =>
      app.log.error({ error }, 'the job queue could not be started; it is tried again'),
    )
    if (stop) return stop
    await pause(AGAIN_MS, undefined, { signal: stopping, ref: false }).catch(() => {})
  }
  return undefined
}

/** Does the jobs that are due or asked for, in this process and any number of others. */
export function startQueue(app: App, registry: Registry): Part {
  const stopping = new AbortController()
  const observe = jobMetrics(app, registry)
  const working = persevering(app, stopping.signal, observe)
  return {
    async stop() {
      stopping.abort()
      const stop = await working
      await stop?.().catch((error: unknown) => app.log.error({ error }, 'the job queue did not stop cleanly'))
    },
  }
}
