import { type Context, row } from '../../core/context.ts'
import { AppError, notFound } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import type { RowOf, Transaction } from '../../db/client.ts'
import { MISSING, type Relation, relationsOf } from './catalogue/relation.ts'
import { type Space, spaceOf } from './space/ensure.ts'
import { placeOf } from './space/names.ts'
import { inSpace } from './space/within.ts'

export type Table = RowOf<'ManagedTable'>

/** A table, where it is, and what it really is. */
export type Opened = { table: Table; space: Space; place: string; relation: Relation }

/** Does something with a table, as the organization's role: of what somebody dropped behind our back the database holds nothing. */
export async function inTable<T>(
  tx: Transaction,
  ctx: Context,
  id: number,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const table = await found('table', tx.managedTable.findUnique({ where: row(ctx, id) }))
  const space = await spaceOf(tx, ctx)
  if (!space) throw notFound('table')
  return inSpace(tx, space, async () => {
    const relations = await relationsOf(tx, space, [table.physicalName])
    const relation = relations.get(table.physicalName) ?? MISSING
    return work({ table, space, relation, place: placeOf(space, table.physicalName) })
  })
}

export const openTable = (tx: Transaction, ctx: Context, id: number): Promise<Opened> =>
  inTable(tx, ctx, id, async (opened) => opened)

/** The same, while nobody else changes it. */
export async function holdTable(tx: Transaction, ctx: Context, id: number): Promise<Opened> {
  await lockRow(tx, ctx, 'table', id)
  const opened = await openTable(tx, ctx, id)
  await ctx.precondition?.(tx)
  return opened
}

export const isMissing = ({ relation }: Opened): boolean => relation.kind === 'missing'

export function assertHeld(opened: Opened): void {
  if (isMissing(opened)) throw new AppError('CONFLICT', 'The database does not hold this table any more.')
}

/** Only what was made here is changed here. */
export function assertManaged(opened: Opened): void {
  assertHeld(opened)
  if (!opened.table.managed) throw new AppError('CONFLICT', 'This was not made here, and so can only be read here.')
}
