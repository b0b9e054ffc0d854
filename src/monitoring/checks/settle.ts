import { type Checked, type Context, row, transaction } from '../../core/context.ts'
import { lockRow } from '../../core/lock.ts'
import { record } from '../../core/record.ts'
import type { Transaction } from '../../db/client.ts'
import type { Monitor, MonitorSchedule } from '../../db/generated/client.ts'
import { judge, type Standing, type Verdict } from './judge.ts'
import { CLOSE_INCIDENT, OPEN_INCIDENT, SETTLE } from './settle.sql.ts'

export type Result = { organizationId: number; monitorId: number; at: Date; checked: Checked; verdict: Verdict }

const asRow = ({ organizationId, monitorId, at, checked, verdict }: Result) => ({
  organization_id: organizationId,
  monitor_id: monitorId,
  at,
  status: checked.status,
  via: checked.via,
  status_code: checked.statusCode,
  response_time_ms: checked.responseTimeMs,
  error: checked.error,
  ssl_expires_at: checked.sslExpiresAt,
  domain_expires_at: checked.domainExpiresAt,
  pending_status: verdict.pendingStatus,
  pending_since: verdict.pendingSince,
})

/** What writes these results, of any organizations, down. */
export const settling = (results: readonly Result[]) => {
  const values = [JSON.stringify(results.map(asRow))]
  return SETTLE.map((text) => ({ text, values }))
}

type Scheduled = Monitor & { schedule: MonitorSchedule | null }

const standingOf = ({ status, schedule }: Scheduled): Standing => ({
  status,
  pendingStatus: schedule?.pendingStatus ?? null,
  pendingSince: schedule?.pendingSince ?? null,
})

const ANSWERING: readonly Monitor['status'][] = ['up', 'warning']

/** What is told of a change: a fault when there was none, its end, and anything else as what it is. */
async function tell(tx: Transaction, ctx: Context, before: Monitor, { status, since }: Verdict, { error }: Checked) {
  const { id, name, url, target, status: was } = before
  const [organizationId, monitored] = [ctx.organizationId, { monitorId: id, name, url, ...(target && { target }) }]
  const changes = { status: { from: was, to: status } }
  const told = { target: { type: 'monitor', id }, changes }
  const ended = ANSWERING.includes(status) ? await tx.$executeRawUnsafe(CLOSE_INCIDENT, organizationId, id, since) : 0
  const begun = status === 'down' ? await tx.$executeRawUnsafe(OPEN_INCIDENT, organizationId, id, since, error) : 0
  if (begun) return record(tx, ctx, { ...told, type: 'monitor.down', data: { ...monitored, error } })
  if (ended) return record(tx, ctx, { ...told, type: 'monitor.up', data: monitored })
  const data = { ...monitored, from: was, to: status, error }
  return record(tx, ctx, { ...told, type: 'monitor.status_changed', data })
}

async function change(tx: Transaction, ctx: Context, before: Monitor, verdict: Verdict, checked: Checked) {
  const { status, since } = verdict
  await tx.monitor.update({ where: row(ctx, before.id), data: { status, statusChangedAt: since } })
  await tell(tx, ctx, before, verdict, checked)
}

type Found = { monitorId: number; at: Date; checked: Checked }
type Beside = (tx: Transaction, monitor: Monitor) => Promise<void>

/**
 * Writes one result down and, where it changes the monitor's status, that change with its event: in one transaction, judged
 * while the monitor is held. Undefined where there is no such monitor any more.
 */
export const settle = (
  ctx: Context,
  { monitorId, at, checked }: Found,
  beside?: Beside,
): Promise<Monitor | undefined> =>
  transaction(ctx, async (tx) => {
    const where = row(ctx, monitorId)
    if ((await lockRow(tx, ctx, 'monitor', monitorId)) === 0) return undefined
    const before = (await tx.monitor.findUnique({ where, include: { schedule: true } })) as Scheduled
    const verdict = judge(standingOf(before), checked.status, at)
    const result = { organizationId: ctx.organizationId, monitorId, at, checked, verdict }
    for (const { text, values } of settling([result])) await tx.$executeRawUnsafe(text, ...values)
    if (verdict.changed) await change(tx, ctx, before, verdict, checked)
    const after = (await tx.monitor.findUnique({ where })) as Monitor
    await beside?.(tx, after)
    return after
  })
