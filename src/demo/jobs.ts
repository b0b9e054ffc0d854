import type { Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

const NOBODY_ANSWERED = 'The database is not available; try again.'

/** What workers did in the last days, one of it in vain. */
export function addJobs(rows: Rows, { at }: Calendar): void {
  const looked = { unknown: 0, safe: 13, breached: 1, breachedIds: [] }
  for (const day of [-3, -2, -1]) {
    const times = { createdAt: at(day, '03:23'), startedAt: at(day, '03:23'), finishedAt: at(day, '03:24') }
    const state = day === -2 ? ('failed' as const) : ('succeeded' as const)
    rows.add('Job', {
      ...{ name: 'vault.check-breaches', state, requestId: `schedule-demo${day}`, handedOver: true, ...times },
      ...{ attempts: day === -2 ? 4 : 1, maxAttempts: 4 },
      ...(day === -2 ? { error: NOBODY_ANSWERED } : { outcome: looked }),
    })
  }
  const times = { createdAt: at(-1, '00:07'), startedAt: at(-1, '00:07'), finishedAt: at(-1, '00:07') }
  rows.add('Job', {
    ...{ name: 'invoices.mark-overdue', state: 'succeeded', requestId: 'schedule-demo', handedOver: true, ...times },
    ...{ attempts: 1, maxAttempts: 5, outcome: { marked: 1 } },
  })
}
