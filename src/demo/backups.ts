import { randomUUID } from 'node:crypto'
import { type Context, row, transaction } from '../core/context.ts'
import type { Project } from '../db/generated/client.ts'
import { nextId, placeOf } from '../platform/backups/runs/key.ts'
import { readRun } from '../platform/backups/work/file.ts'
import { writeBackup } from '../platform/backups/work/make.ts'

const DAY_MS = 86_400_000
const KEPT_DAYS = 90
const NEVER = new AbortController().signal

const after = (time: Date, days: number): Date => new Date(time.getTime() + days * DAY_MS)

/** Written as a worker writes it: it can be proved and restored. */
async function addRun(ctx: Context, project: Project, scheduleId: number, at: Date): Promise<void> {
  const { organizationId } = ctx
  const about = { projectId: project.id, projectSlug: project.slug, projectName: project.name, scheduleId }
  const id = await transaction(ctx, async (tx) => {
    const number = await nextId(tx)
    const { stored } = ctx.envelope.create(placeOf(ctx, number))
    const kept = { storageKey: `${organizationId}/${randomUUID()}`, keepUntil: after(at, KEPT_DAYS), ...stored }
    const times = { createdAt: at, startedAt: at, finishedAt: at }
    await tx.backupRun.create({ data: { id: number, organizationId, ...about, ...kept, ...times } })
    return number
  })
  const { bytes, sha256, tables, rows } = await writeBackup(ctx, await readRun(ctx, id), NEVER)
  const data = { checksum: sha256, sizeBytes: bytes, tablesDone: tables, tablesTotal: tables, rowCount: rows }
  await ctx.db.backupRun.update({ where: row(ctx, id), data: { ...data, status: 'succeeded' } })
}

/** Each project of an organization is backed up once a week, and was. */
export async function addBackups(ctx: Context, times: readonly Date[]): Promise<void> {
  const { organizationId } = ctx
  const [createdAt, nextRunAt] = [times[0]!, after(times.at(-1)!, 7)]
  for (const project of await ctx.db.project.findMany({ orderBy: { id: 'asc' } })) {
    const own = { organizationId, projectId: project.id, everyHours: 168, keepDays: KEPT_DAYS }
    const data = { ...own, nextRunAt, createdAt, updatedAt: createdAt }
    const { id } = await ctx.db.backupSchedule.create({ data })
    for (const at of times) await addRun(ctx, project, id, at)
  }
}
