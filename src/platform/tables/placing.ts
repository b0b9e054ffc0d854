import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import type { Transaction } from '../../db/client.ts'

/** The one group there is, where none is named. */
async function onlyGroup(tx: Transaction): Promise<number> {
  const where = { project: { archivedAt: null } }
  const [only, another] = await tx.group.findMany({ where, select: { id: true }, take: 2 })
  if (!only) throw invalid('groupId', 'is needed, and there is no group yet.')
  if (another) throw invalid('groupId', 'is needed, because there are several groups.')
  return only.id
}

/** A group that takes tables. */
export async function groupFor(tx: Transaction, ctx: Context, named: number | null | undefined): Promise<number> {
  if (named === undefined || named === null) return onlyGroup(tx)
  const group = await tx.group.findUnique({
    where: row(ctx, named),
    select: { project: { select: { archivedAt: true } } },
  })
  if (!group) throw invalid('groupId', 'No such row.')
  if (group.project.archivedAt)
    throw new AppError('CONFLICT', 'The project of this group is archived; it takes no more tables.')
  return named
}
