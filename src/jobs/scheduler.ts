import type { App } from '../app.ts'
import type { PgBoss } from './boss.ts'
import { SCHEDULED, SCHEDULES } from './schedules.ts'

const LOOK_EVERY = 15
/** Seconds in which several processes that start together ask for a schedule once. */
const TOGETHER = 60

type Due = { schedule: string }

async function keepSchedules(boss: PgBoss): Promise<void> {
  for (const { name, cron } of SCHEDULES)
    await boss.schedule(SCHEDULED, cron, { schedule: name }, { key: name, tz: 'UTC', missed: 'once' })
}

/** Runs each schedule at its times, in whichever process is first; what was due while none ran is made up for once. */
export async function startScheduler(app: App, boss: PgBoss): Promise<void> {
  await keepSchedules(boss)
  const id = await boss.work<Due>(SCHEDULED, { pollingIntervalSeconds: LOOK_EVERY }, async ([job]) => {
    const due = SCHEDULES.find(({ name }) => name === job!.data.schedule)
    await due?.run(app).finally(() => boss.notifyWorker(id))
  })
  for (const { name } of SCHEDULES.filter(({ atStart }) => atStart))
    await boss.send(SCHEDULED, { schedule: name }, { singletonKey: `start ${name}`, singletonSeconds: TOGETHER })
  boss.notifyWorker(id)
}
