import type { App } from '../app.ts'
import { asSystem } from '../db/tenant.ts'
import { JOB_NAMES, type JobName, kindOf } from '../platform/jobs/kinds.ts'
import type { JobInsert, PgBoss, Ticket } from './boss.ts'
import { WAITING } from './job.sql.ts'

const BATCH = 200

/** Seconds before a job is handed out again whose worker was lost; an attempt that failed waits as long as its kind says. */
const LOST = 1

type Waiting = Ticket & { name: JobName; runAt: Date | null; left: number }

function inserted({ name, runAt, left, ...data }: Waiting): JobInsert<Ticket> {
  return {
    ...{ id: data.ticket, data, singletonKey: String(data.organizationId), ...(runAt && { startAfter: runAt }) },
    ...{ retryLimit: Math.max(0, left - 1), retryDelay: LOST, expireInSeconds: kindOf(name).expiresAfter },
  }
}

/** Gives one batch of waiting rows to the queue, in the transaction that notes it; answers the names of what there was. */
async function batch({ pool }: App, boss: PgBoss): Promise<JobName[]> {
  const client = await asSystem(() => pool.connect())
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<Waiting>({ text: WAITING, values: [JOB_NAMES, BATCH] })
    const db = { executeSql: (text: string, values: unknown[] = []) => client.query({ text, values }) }
    for (const [name, jobs] of Map.groupBy(rows, (row) => row.name))
      await boss.insert(name, jobs!.map(inserted), { db })
    await client.query('COMMIT')
    return rows.map(({ name }) => name)
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

/** Gives the queue whatever waits; answers the names of what there was. */
export async function handOver(app: App, boss: PgBoss): Promise<Set<JobName>> {
  const names = new Set<JobName>()
  for (let count = BATCH; count === BATCH; ) {
    const handed = await batch(app, boss)
    for (const name of handed) names.add(name)
    count = handed.length
  }
  return names
}
