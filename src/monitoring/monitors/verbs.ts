import { type Context, row } from '../../core/context.ts'
import { type Input, validated } from '../../core/validate.ts'
import { deleteRow, insertRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import type { Monitor } from '../../db/generated/client.ts'
import { assertReachable, change, creation, usualInterval } from './input.ts'

const MONITOR = { name: 'monitor' } as const

export const createMonitor = (ctx: Context, input: Input) => {
  const { kind = 'website', ...given } = validated(creation, input)
  const { checkType = kind === 'website' ? 'http' : 'icmp' } = given
  const { checkIntervalMinutes = usualInterval(checkType) } = given
  const data = { ...given, kind, checkType, checkIntervalMinutes, organizationId: ctx.organizationId }
  assertReachable(ctx, data)
  return insertRow(ctx, MONITOR, 'Monitor', data)
}

const present = (given: object) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))

/** Nobody looks any more: what it was is not known to be so, and its fault is no longer counted. */
async function paused(
  tx: Transaction,
  ctx: Context,
  { id, status, isEnabled }: Monitor,
  data: { isEnabled?: boolean },
) {
  if (!isEnabled || data.isEnabled !== false) return {}
  const now = ctx.clock.now()
  await tx.incident.updateMany({ where: { monitorId: id, closedAt: null }, data: { closedAt: now } })
  return status === 'unknown' ? {} : { status: 'unknown' as const, statusChangedAt: now }
}

export const updateMonitor = (ctx: Context, id: number, input: Input) => {
  const data = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, MONITOR, {
    read: (tx) => tx.monitor.findUnique({ where }),
    write: async (tx, before) => {
      assertReachable(ctx, { ...before, ...present(data) })
      return tx.monitor.update({ where, data: { ...data, ...(await paused(tx, ctx, before, data)) } })
    },
  })
}

export const deleteMonitor = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, MONITOR, {
    read: (tx) => tx.monitor.findUnique({ ...query, where }),
    remove: (tx) => tx.monitor.delete({ where }),
  })
}
