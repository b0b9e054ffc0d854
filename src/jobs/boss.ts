import { type JobInsert, PgBoss } from 'pg-boss'
import type { App } from '../app.ts'
import { JOB_NAMES } from '../platform/jobs/kinds.ts'
import { SCHEDULED } from './schedules.ts'

/** What the queue carries: which row, and under which ticket. */
export type Ticket = { organizationId: number; id: number; ticket: string }

export const DEAD = 'dead-letters'

/** Seconds without a sign of life after which a worker is taken for dead, and how often that is looked at. */
const HEARTBEAT = 15
const SUPERVISED_EVERY = 10
const DAY = 86_400
const CONNECTIONS = 2
const CONNECT_MS = 2000

/** The queue on its own few connections, which are the server's own role from their first statement on. */
const bossOf = ({ databaseUrl }: App): PgBoss =>
  new PgBoss({
    ...{ connectionString: databaseUrl, application_name: 'opsgraph jobs', max: CONNECTIONS },
    ...{ connectionTimeoutMillis: CONNECT_MS, options: '-c role=opsgraph_system -c statement_timeout=30000' },
    ...{ schema: 'pgboss', migrate: false, createSchema: false },
    ...{ superviseIntervalSeconds: SUPERVISED_EVERY, monitorIntervalSeconds: SUPERVISED_EVERY },
    ...{ flowIntervalSeconds: DAY, reindex: false, monitorVacuum: false, registerInstance: false },
  })

async function queuesOf(boss: PgBoss): Promise<void> {
  const kept = { retentionSeconds: 14 * DAY, deleteAfterSeconds: DAY, heartbeatSeconds: HEARTBEAT }
  await boss.createQueue(DEAD, { ...kept, retryLimit: 10, retryDelay: 5, retryBackoff: true })
  await boss.createQueue(SCHEDULED, { ...kept, retryLimit: 2, retryDelay: 30, expireInSeconds: 600 })
  // Of one key, which is an organization, one job is active at a time: an index of the database says so.
  for (const name of JOB_NAMES) await boss.createQueue(name, { ...kept, deadLetter: DEAD, policy: 'singleton' })
}

/** An outage is told once, not every time that somebody asks. */
function complaining({ log }: App): (error: Error) => void {
  let last = Number.NEGATIVE_INFINITY
  return (error) => {
    if (performance.now() - last < 30_000) return
    last = performance.now()
    log.warn({ error }, 'the job queue met an error')
  }
}

export async function openBoss(app: App): Promise<PgBoss> {
  const boss = bossOf(app)
  boss.on('error', complaining(app))
  try {
    await boss.start()
    await queuesOf(boss)
    return boss
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {})
    throw error
  }
}

export type { JobInsert, PgBoss }
