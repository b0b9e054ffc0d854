import type { Job } from 'pg-boss'
import type { App } from '../app.ts'
import { systemContext } from '../context.ts'
import { JOB_NAMES, type JobName } from '../platform/jobs/kinds.ts'
import { attempt, failJob, type Observe } from './attempt.ts'
import { DEAD, type PgBoss, type Ticket } from './boss.ts'

/** How many jobs of one name a process does at the same time; of one organization, all processes together do one. */
const AT_ONCE = 2
const LOOK_EVERY = 5

const LOST = 'It took too long, or its worker was lost, as often as it may be tried.'

export type Runner = {
  /** There is something to do under this name. */
  wake(name: JobName): void
  cancel(organizationId: number, id: number): void
}

const keyOf = (organizationId: number, id: number): string => `${organizationId} ${id}`

/** Nobody came back from its last attempt. */
async function bury(app: App, { data }: Job<Ticket>): Promise<void> {
  const { organizationId, id } = data
  const [row] = await app.query<{ requestId: string }>(
    'SELECT request_id AS "requestId" FROM job WHERE organization_id = $1 AND id = $2',
    [organizationId, id],
  )
  if (row) await failJob(systemContext(app, organizationId, row.requestId), data, LOST)
}

/** Takes jobs from the queue and attempts them, until the queue is stopped. */
export async function startRunner(app: App, boss: PgBoss, stopping: AbortSignal, observe: Observe): Promise<Runner> {
  const running = new Map<string, AbortController>()
  const workers = new Map<JobName, string[]>()

  const attempted = async ({ data, signal }: Job<Ticket>) => {
    const key = keyOf(data.organizationId, data.id)
    const cancelled = new AbortController()
    running.set(key, cancelled)
    try {
      await attempt(app, data, { cancelled: cancelled.signal, stopping, expired: signal }, observe)
    } finally {
      running.delete(key)
    }
  }
  const work = async (name: JobName) => {
    const id = await boss.work<Ticket>(name, { pollingIntervalSeconds: LOOK_EVERY }, async ([job]) => {
      // Otherwise the next one would wait until it is time to look again.
      await attempted(job!).finally(() => boss.notifyWorker(id))
    })
    workers.set(name, [...(workers.get(name) ?? []), id])
  }

  for (const name of JOB_NAMES) for (let i = 0; i < AT_ONCE; i += 1) await work(name)
  await boss.work<Ticket>(DEAD, { pollingIntervalSeconds: LOOK_EVERY }, ([job]) => bury(app, job!))
  return {
    wake: (name) => workers.get(name)?.forEach((id) => void boss.notifyWorker(id)),
    cancel: (organizationId, id) => running.get(keyOf(organizationId, id))?.abort(),
  }
}
