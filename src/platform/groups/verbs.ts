import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import * as rules from '../../core/rules.ts'
import { slugOf } from '../../core/slug.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, deleteRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'

const fields = {
  slug: rules.slug.min(1, 'must not be empty.').optional(),
  description: rules.text.optional(),
  projectId: z.int().optional(),
}
const creation = z.object({ name: rules.name, ...fields })
const change = z.object({ name: rules.name.optional(), ...fields })

const GROUP = { name: 'group' } as const

/** The one project there is, where none is named. */
async function onlyProject(tx: Transaction): Promise<number> {
  const [only, another] = await tx.project.findMany({ where: { archivedAt: null }, select: { id: true }, take: 2 })
  if (!only) throw invalid('projectId', 'is needed, and there is no project yet.')
  if (another) throw invalid('projectId', 'is needed, because there are several projects.')
  return only.id
}

/** A project that takes groups. */
async function projectFor(tx: Transaction, ctx: Context, named: number | undefined): Promise<number> {
  if (named === undefined) return onlyProject(tx)
  const project = await tx.project.findUnique({ where: row(ctx, named) })
  if (!project) throw invalid('projectId', 'No such row.')
  if (project.archivedAt) throw new AppError('CONFLICT', 'This project is archived; it takes no more groups.')
  return named
}

export const createGroup = (ctx: Context, input: Input) => {
  const { projectId, slug, ...given } = validated(creation, input)
  return createRow(ctx, GROUP, async (tx) => {
    const project = await projectFor(tx, ctx, projectId)
    const data = { ...given, slug: slug ?? slugOf(given.name), projectId: project, organizationId: ctx.organizationId }
    return tx.group.create({ data })
  })
}

export const updateGroup = (ctx: Context, id: number, input: Input) => {
  const { projectId, ...given } = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, GROUP, {
    read: (tx) => tx.group.findUnique({ where }),
    write: async (tx, before) => {
      const moved = projectId !== undefined && projectId !== before.projectId
      const place = moved ? { projectId: await projectFor(tx, ctx, projectId) } : {}
      return tx.group.update({ where, data: { ...given, ...place } })
    },
  })
}

export const deleteGroup = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, GROUP, {
    read: (tx) => tx.group.findUnique({ ...query, where }),
    remove: (tx) => tx.group.delete({ where }),
  })
}
