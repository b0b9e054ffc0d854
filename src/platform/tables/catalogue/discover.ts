import { type Context, transaction } from '../../../core/context.ts'
import { record, told } from '../../../core/record.ts'
import type { TenantDb } from '../../../db/client.ts'
import { UNKNOWN } from './catalogue.sql.ts'

/** So many at once; the rest is found the next time. */
const AT_ONCE = 100

/** Nobody asked for it: whoever looked found it. */
const byItself = (ctx: Context): Context => ({
  ...ctx,
  actor: { kind: 'system', id: null, name: 'discovery', userId: null },
})

/** Gives an id to every table, foreign table and view of the organization's schema that was not made here. */
export async function discover(ctx: Context): Promise<void> {
  const { organizationId } = ctx
  const unknown = await ctx.db.$queryRawUnsafe<{ name: string }[]>(UNKNOWN, organizationId, AT_ONCE)
  if (unknown.length === 0 || ctx.inTransaction) return
  const data = unknown.map(({ name }) => ({ organizationId, name, physicalName: name, managed: false }))
  await transaction(ctx, async (tx) => {
    const found = await tx.managedTable.createManyAndReturn({ data, skipDuplicates: true })
    for (const row of found)
      await record(tx, byItself(ctx), {
        type: 'table.discovered',
        target: { type: 'table', id: row.id },
        data: told(row),
      })
  })
}

type Rows = Pick<TenantDb['managedTable'], 'findMany' | 'count'>

/** The rows of the list of tables, once everything that lies in the schema is among them. */
export function discoveredTables(ctx: Context): Rows {
  let discovered: Promise<void> | undefined
  const after =
    <A, R>(read: (args: A) => PromiseLike<R>) =>
    async (args: A) => {
      discovered ??= discover(ctx)
      await discovered
      return read(args)
    }
  const { managedTable } = ctx.db
  return {
    findMany: after((args: never) => managedTable.findMany(args)),
    count: after((args: never) => managedTable.count(args)),
  } as unknown as Rows
}
