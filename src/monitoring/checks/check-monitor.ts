import { type Context, row } from '../../core/context.ts'
import { notFound } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { record } from '../../core/record.ts'
import type { Monitor } from '../../db/generated/client.ts'
import { settle } from './settle.ts'

/** Checks a monitor now, also one that is paused. Nothing is held while it is asked. */
export async function checkMonitor(ctx: Context, id: number): Promise<Monitor> {
  const monitor = await found('monitor', ctx.db.monitor.findUnique({ where: row(ctx, id) }))
  const at = ctx.clock.now()
  const checked = await ctx.checker.check(monitor)
  const { status, via, statusCode, responseTimeMs, error } = checked
  const settled = await settle(ctx, { monitorId: id, at, checked }, (tx, { name, url }) => {
    const data = { monitorId: id, name, url, status, via, statusCode, responseTimeMs, error }
    return record(tx, ctx, { type: 'monitor.checked', target: { type: 'monitor', id }, data })
  })
  if (!settled) throw notFound('monitor')
  return settled
}
