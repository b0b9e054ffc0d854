import type { MonitorStatus } from '../../db/generated/enums.ts'

/** What is known of a monitor: its status, and what its last check said that another one has not confirmed yet. */
export type Standing = { status: MonitorStatus; pendingStatus: MonitorStatus | null; pendingSince: Date | null }

export type Verdict = Standing & {
  changed: boolean
  /** When what it is now began. */
  since: Date
}

/** Good news is believed at once. */
const isGood = (status: MonitorStatus, outcome: MonitorStatus): boolean =>
  outcome === 'up' || (outcome === 'warning' && (status === 'down' || status === 'unknown'))

/** A status changes for the better at once, and otherwise when two checks in a row say the same. */
export function judge({ status, pendingStatus, pendingSince }: Standing, outcome: MonitorStatus, at: Date): Verdict {
  const settled = { pendingStatus: null, pendingSince: null }
  if (outcome === status) return { status, ...settled, changed: false, since: at }
  const confirmed = outcome === pendingStatus
  if (confirmed || isGood(status, outcome))
    return { status: outcome, ...settled, changed: true, since: confirmed ? (pendingSince ?? at) : at }
  return { status, pendingStatus: outcome, pendingSince: at, changed: false, since: at }
}
