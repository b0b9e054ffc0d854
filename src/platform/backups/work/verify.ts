import { type Context, row, transaction } from '../../../core/context.ts'
import { updateRow } from '../../../core/write.ts'
import { ensureSpace } from '../../tables/space/ensure.ts'
import { RUN } from '../runs/key.ts'
import { begin } from './connection.ts'
import { type ProjectHead, readRun } from './file.ts'
import { about } from './make.ts'
import { restoreApart } from './scratch.ts'

/** The organization's own role, made where it is the first time that it is needed. */
export const placeFor =
  (ctx: Context) =>
  async ({ structure }: ProjectHead) =>
    structure.tables.length === 0 ? undefined : transaction(ctx, (tx) => ensureSpace(tx, ctx))

/** Proves a backup: everything is restored and compared, in a transaction of which nothing is kept. */
export async function verifyBackup(ctx: Context, input: unknown, signal: AbortSignal) {
  const { runId } = about.parse(input)
  const run = await readRun(ctx, runId)
  if (run.verification === 'succeeded') return { runId }
  const where = row(ctx, runId)
  await ctx.db.backupRun.update({ where, data: { verification: 'running', verificationError: null } })
  const { head } = await ctx.connected(async (client) => {
    await begin(client, ctx)
    const proved = await restoreApart(ctx, client, run, placeFor(ctx), signal)
    await client.query('ROLLBACK')
    return proved
  })
  const data = { verification: 'succeeded', verifiedAt: ctx.clock.now() } as const
  await updateRow(ctx, RUN, {
    verb: 'verified',
    read: (tx) => tx.backupRun.findUnique({ where }),
    write: (tx) => tx.backupRun.update({ where, data }),
  })
  return { runId, tables: head.structure.tables.length }
}
