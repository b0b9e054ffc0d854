import { z } from 'zod'
import { type Context, row, transaction } from '../../core/context.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import { record, told } from '../../core/record.ts'
import * as rules from '../../core/rules.ts'
import { slugOf } from '../../core/slug.ts'
import { type Input, validated } from '../../core/validate.ts'
import { insertRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'

const fields = { slug: rules.slug.min(1, 'must not be empty.').optional(), description: rules.text.optional() }
const creation = z.object({ name: rules.name, ...fields })
const change = z.object({ name: rules.name.optional(), ...fields, archived: z.boolean().optional() })

const PROJECT = { name: 'project' } as const

export function createProject(ctx: Context, input: Input) {
  const given = validated(creation, input)
  const data = { ...given, slug: given.slug ?? slugOf(given.name), organizationId: ctx.organizationId }
  return insertRow(ctx, PROJECT, 'Project', data)
}

/** What is archived again keeps the time since when it is. */
const archivedAt = (ctx: Context, archived: boolean | undefined, since: Date | null) =>
  archived === undefined ? {} : { archivedAt: archived ? (since ?? ctx.clock.now()) : null }

export const updateProject = (ctx: Context, id: number, input: Input) => {
  const { archived, ...given } = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, PROJECT, {
    read: (tx) => tx.project.findUnique({ where }),
    write: (tx, before) =>
      tx.project.update({ where, data: { ...given, ...archivedAt(ctx, archived, before.archivedAt) } }),
  })
}

export const OUTCOMES = ['deleted', 'archived'] as const

type Shown = Awaited<ReturnType<typeof createProject>>
export type Removal = { id: number; outcome: (typeof OUTCOMES)[number]; project: Shown }

/** Backups outlive their project, so that it can be brought back; nothing is backed up any more. */
async function forgetBackups(tx: Transaction, id: number): Promise<void> {
  await tx.backupRun.updateMany({ where: { schedule: { projectId: id } }, data: { scheduleId: null } })
  await tx.backupSchedule.deleteMany({ where: { projectId: id } })
  await tx.backupRun.updateMany({ where: { projectId: id }, data: { projectId: null } })
  await tx.backupRun.updateMany({ where: { restoredProjectId: id }, data: { restoredProjectId: null } })
}

async function removed(tx: Transaction, ctx: Context, id: number): Promise<Pick<Removal, 'outcome'> & { row: Shown }> {
  const where = row(ctx, id)
  const below = await tx.group.count({ where: { projectId: id } })
  if (below === 0) {
    await forgetBackups(tx, id)
    return { outcome: 'deleted', row: await tx.project.delete({ where }) }
  }
  const { archivedAt: since } = await tx.project.findUniqueOrThrow({ where })
  const data = { archivedAt: since ?? ctx.clock.now() }
  return { outcome: 'archived', row: await tx.project.update({ where, data }) }
}

/** Deletes a project; one with groups below it is archived instead. `query` is how the caller wants to see it. */
export const removeProject = (ctx: Context, id: number, query: object = {}): Promise<Removal> =>
  transaction(ctx, async (tx) => {
    const where = row(ctx, id)
    await lockRow(tx, ctx, 'project', id)
    const before = await found('project', tx.project.findUnique({ ...query, where }))
    await ctx.precondition?.(tx)
    const { outcome, row: after } = await removed(tx, ctx, id)
    await record(tx, ctx, { type: `project.${outcome}`, target: { type: 'project', id }, data: told(after) })
    const project = outcome === 'deleted' ? before : await found('project', tx.project.findUnique({ ...query, where }))
    return { id, outcome, project }
  })
