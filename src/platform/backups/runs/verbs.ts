import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Context, row } from '../../../core/context.ts'
import { AppError, invalid } from '../../../core/errors.ts'
import { lockRow } from '../../../core/lock.ts'
import * as rules from '../../../core/rules.ts'
import { slugOf } from '../../../core/slug.ts'
import { type Input, validated } from '../../../core/validate.ts'
import { createRow, deleteRow, updateRow } from '../../../core/write.ts'
import type { Transaction } from '../../../db/client.ts'
import type { BackupRun, Project } from '../../../db/generated/client.ts'
import { startJobAbout } from '../../jobs/verbs.ts'
import { nextId, placeOf, RUN, type SEALED } from './key.ts'

type Run = Omit<BackupRun, keyof typeof SEALED>

const DAY_MS = 86_400_000
export const keepDays = z.int().min(1, 'must be at least 1.').max(3650, 'must be at most 3650.')

const creation = z.object({ projectId: z.int().optional(), keepDays: keepDays.optional() })

/** The project that is named, or the only one. */
export async function projectOf(tx: Transaction, ctx: Context, named: number | undefined): Promise<Project> {
  if (named !== undefined) {
    const project = await tx.project.findUnique({ where: row(ctx, named) })
    if (!project) throw invalid('projectId', 'No such row.')
    return project
  }
  const [only, another] = await tx.project.findMany({ where: { archivedAt: null }, take: 2 })
  if (!only) throw invalid('projectId', 'is needed, and there is no project yet.')
  if (another) throw invalid('projectId', 'is needed, because there are several projects.')
  return only
}

export const keptUntil = (ctx: Context, days: number | undefined): Date | null =>
  days === undefined ? null : new Date(ctx.clock.now().getTime() + days * DAY_MS)

type Wanted = { project: Project; keepUntil: Date | null; scheduleId?: number }

/** The row of a backup to come, its key, and the job that makes it. */
export async function insertRun(tx: Transaction, ctx: Context, { project, ...wanted }: Wanted): Promise<Run> {
  const id = await nextId(tx)
  const { stored } = ctx.envelope.create(placeOf(ctx, id))
  const jobId = await startJobAbout(tx, ctx, 'backups.run', { runId: id })
  const names = { projectId: project.id, projectSlug: project.slug, projectName: project.name }
  const storageKey = `${ctx.organizationId}/${randomUUID()}`
  const own = { id, organizationId: ctx.organizationId, jobId, storageKey, createdAt: ctx.clock.now() }
  return tx.backupRun.create({ data: { ...own, ...names, ...wanted, ...stored } })
}

/** Asks for a backup: a worker is told when this is committed. */
export const startBackup = (ctx: Context, input: Input) => {
  const { projectId, keepDays: days } = validated(creation, input)
  return createRow(ctx, RUN, async (tx) => {
    const project = await projectOf(tx, ctx, projectId)
    return insertRun(tx, ctx, { project, keepUntil: keptUntil(ctx, days) })
  })
}

const UNFINISHED: readonly unknown[] = ['queued', 'running']

const isBusy = ({ status, verification, restoration }: Run): boolean =>
  [status, verification, restoration].some((each) => UNFINISHED.includes(each))

/** Held, so that one thing is done with it at a time. */
const held = (ctx: Context, id: number) => async (tx: Transaction) => {
  await lockRow(tx, ctx, RUN.name, id)
  return tx.backupRun.findUnique({ where: row(ctx, id) })
}

function refuseUnready(run: Run): void {
  if (run.status !== 'succeeded' && !UNFINISHED.includes(run.status))
    throw new AppError('CONFLICT', 'This backup failed; there is nothing in it.')
  if (isBusy(run)) throw new AppError('CONFLICT', 'This backup is being made, proved or restored; wait for that.')
}

/** Asks for a proof of a backup. What an earlier one found is forgotten. */
export const verifyBackupRun = (ctx: Context, id: number) =>
  updateRow(ctx, RUN, {
    verb: 'verifying',
    read: held(ctx, id),
    write: async (tx, run) => {
      refuseUnready(run)
      const jobId = await startJobAbout(tx, ctx, 'backups.verify', { runId: id })
      const data = { jobId, verification: 'queued', verificationError: null } as const
      return tx.backupRun.update({ where: row(ctx, id), data })
    },
  })

const restoration = z.object({
  into: z.enum(['new', 'same']).default('new'),
  name: rules.name.optional(),
  slug: rules.slug.min(1, 'must not be empty.').optional(),
  confirm: z.string().optional(),
})
type Restoration = z.output<typeof restoration>

/** What a restoration over a project would destroy is named by whoever wants it. */
async function assertSame(tx: Transaction, ctx: Context, { projectId }: Run, { name, slug, confirm }: Restoration) {
  if (name !== undefined) throw invalid('name', 'is for a new project; this one keeps its name.')
  if (slug !== undefined) throw invalid('slug', 'is for a new project; this one keeps its slug.')
  const project = projectId === null ? null : await tx.project.findUnique({ where: row(ctx, projectId) })
  if (!project) throw new AppError('CONFLICT', 'The project has been deleted since; restore it as a new one.')
  if (confirm !== project.slug)
    throw invalid('confirm', 'must be the slug of the project, whose tables are replaced by those of the backup.')
}

async function assertNew(tx: Transaction, ctx: Context, run: Run, { name, slug }: Restoration) {
  const wanted = slug ?? slugOf(name ?? `${run.projectName} (restored)`)
  const where = { organizationId_slug: { organizationId: ctx.organizationId, slug: wanted } }
  if (await tx.project.findUnique({ where }))
    throw new AppError('CONFLICT', `slug: ${wanted} is taken; choose another one.`, {
      fields: { slug: [`${wanted} is taken; choose another one.`] },
    })
}

/** Asks for a project to be brought back: as a new one, or over the one that was backed up. */
export const restoreBackupRun = (ctx: Context, id: number, input: Input) => {
  const given = validated(restoration, input)
  const { confirm: _, ...wish } = given
  return updateRow(ctx, RUN, {
    verb: 'restoring',
    read: held(ctx, id),
    write: async (tx, run) => {
      refuseUnready(run)
      await (given.into === 'same' ? assertSame(tx, ctx, run, given) : assertNew(tx, ctx, run, given))
      const jobId = await startJobAbout(tx, ctx, 'backups.restore', { runId: id, ...wish })
      const data = { jobId, restoration: 'queued', restorationError: null } as const
      return tx.backupRun.update({ where: row(ctx, id), data })
    },
  })
}

const keptAt = (tx: Transaction, ctx: Context, id: number) =>
  tx.backupRun.findUnique({ where: row(ctx, id), omit: { storageKey: false } })

/** Deletes a backup and its file. One that is at work is cancelled first, by its job. */
export async function deleteBackupRun(ctx: Context, id: number, query: object = {}) {
  let storageKey: string | undefined
  const deleted = await deleteRow(ctx, RUN, {
    read: (tx) => tx.backupRun.findUnique({ ...query, where: row(ctx, id) }),
    remove: async (tx) => {
      const run = await held(ctx, id)(tx)
      if (run && isBusy(run)) throw new AppError('CONFLICT', 'This backup is at work; cancel its job first.')
      storageKey = (await keptAt(tx, ctx, id))?.storageKey
      return tx.backupRun.delete({ where: row(ctx, id) })
    },
  })
  if (storageKey) await ctx.storage.delete(storageKey)
  return deleted
}
