import { batched } from '../../../core/batched.ts'
import type { Context } from '../../../core/context.ts'
import type { Transaction } from '../../../db/client.ts'
import { spaceOf } from '../space/ensure.ts'
import { BOUNDS, inSpace } from '../space/within.ts'
import { MISSING, type Relation, relationsOf } from './relation.ts'

/** A transaction to read in: the one that the caller is in already, if they are. */
export const reading = <T>(ctx: Context, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  ctx.inTransaction ? work(ctx.db) : ctx.db.$transaction(work, BOUNDS)

const load = (ctx: Context, ids: readonly number[]): Promise<ReadonlyMap<number, Relation>> =>
  reading(ctx, async (tx) => {
    const space = await spaceOf(tx, ctx)
    const tables = await tx.managedTable.findMany({
      where: { id: { in: [...ids] } },
      select: { id: true, physicalName: true },
    })
    if (!space) return new Map()
    const names = tables.map(({ physicalName }) => physicalName)
    const found = await inSpace(tx, space, () => relationsOf(tx, space, names))
    return new Map(tables.map(({ id, physicalName }) => [id, found.get(physicalName) ?? MISSING]))
  })

const relation = batched(load)

/** What the catalogue says of a table, asked once for all tables of a page. */
export const detailsOf = async (ctx: Context, id: number): Promise<Relation> => (await relation(ctx, id)) ?? MISSING

/** For a table that is about to go. */
export const keepDetails = (ctx: Context, id: number): Promise<void> => relation.keep(ctx, id)
