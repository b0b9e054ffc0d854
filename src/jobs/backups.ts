import { randomUUID } from 'node:crypto'
import type { App } from '../app.ts'
import { systemContext } from '../context.ts'
import { type Context, row, transaction } from '../core/context.ts'
import { hiddenOf } from '../core/events/catalogue.ts'
import { lockRow } from '../core/lock.ts'
import { record, told } from '../core/record.ts'
import { RUN } from '../platform/backups/runs/key.ts'
import { deleteBackupRun, insertRun, keptUntil } from '../platform/backups/runs/verbs.ts'
import { dueAfter, SCHEDULE } from '../platform/backups/schedules/verbs.ts'

type Named = { organizationId: number; id: number }

const BATCH = 200

const DUE = `
  SELECT organization_id AS "organizationId", id FROM backup_schedule WHERE is_enabled AND next_run_at <= $1
  ORDER BY next_run_at, organization_id, id LIMIT ${BATCH}`

const contextOf = (app: App, organizationId: number): Context =>
  systemContext(app, organizationId, `schedule-${randomUUID()}`)

/** One that is still at work is not joined by another. What was missed while nobody worked is made up for once. */
const startDue = (ctx: Context, id: number): Promise<void> =>
  transaction(ctx, async (tx) => {
    await lockRow(tx, ctx, SCHEDULE.name, id)
    const schedule = await tx.backupSchedule.findUnique({ where: row(ctx, id), include: { project: true } })
    const now = ctx.clock.now()
    if (!schedule?.isEnabled || schedule.nextRunAt > now) return
    const nextRunAt = dueAfter(now, schedule.everyHours)
    await tx.backupSchedule.update({ where: row(ctx, id), data: { nextRunAt } })
    if ((await tx.backupRun.count({ where: { scheduleId: id, status: { in: ['queued', 'running'] } } })) > 0) return
    const keepUntil = keptUntil(ctx, schedule.keepDays)
    const run = await insertRun(tx, ctx, { project: schedule.project, keepUntil, scheduleId: id })
    const data = told(run, hiddenOf(RUN.name))
    await record(tx, ctx, { type: 'backup_run.created', target: { type: RUN.name, id: run.id }, data })
  })

export async function startDueBackups(app: App): Promise<void> {
  for (const { organizationId, id } of await app.query<Named>(DUE, [app.clock.now()]))
    await startDue(contextOf(app, organizationId), id)
}

const AT_REST = `status NOT IN ('queued', 'running') AND coalesce(verification, 'failed') NOT IN ('queued', 'running')
  AND coalesce(restoration, 'failed') NOT IN ('queued', 'running')`

/** Their time is over, or their schedule has made enough that are younger. */
const OLD = `
  SELECT organization_id AS "organizationId", id FROM (
    SELECT r.organization_id, r.id, r.status, r.verification, r.restoration, r.keep_until, s.keep_last,
      row_number() OVER (PARTITION BY r.organization_id, r.schedule_id, r.status ORDER BY r.created_at DESC, r.id DESC) AS place
    FROM backup_run r LEFT JOIN backup_schedule s ON s.organization_id = r.organization_id AND s.id = r.schedule_id
  ) AS runs
  WHERE (keep_until <= $1 OR (status = 'succeeded' AND place > keep_last)) AND ${AT_REST}
  ORDER BY organization_id, id LIMIT ${BATCH}`

/** What a worker left behind that was killed in its last attempt. */
const FAILED = `
  SELECT storage_key AS key FROM backup_run WHERE status = 'failed' AND finished_at > $1::timestamptz - interval '1 hour'`

export async function deleteOldBackups(app: App): Promise<void> {
  const now = app.clock.now()
  for (const { organizationId, id } of await app.query<Named>(OLD, [now]))
    await deleteBackupRun(contextOf(app, organizationId), id).catch((error: unknown) =>
      app.log.warn({ error, organizationId, id }, 'a backup whose time is over could not be deleted'),
    )
  for (const { key } of await app.query<{ key: string }>(FAILED, [now])) await app.storage.delete(key)
}
