import type { Context } from '../core/context.ts'
import { markOverdueInvoices } from '../crm/invoices/overdue.ts'
import { makeBackup } from '../platform/backups/work/make.ts'
import { restoreBackup } from '../platform/backups/work/restore.ts'
import { verifyBackup } from '../platform/backups/work/verify.ts'
import type { JobName } from '../platform/jobs/kinds.ts'
import { checkBreaches } from '../vault/check-breaches.ts'

/** Does the work for one organization and says what came of it; stops soon when told to. */
type Work = (ctx: Context, input: unknown, signal: AbortSignal) => Promise<Record<string, unknown>>

const WEEK_MS = 7 * 86_400_000

async function markOverdue(ctx: Context, _input: unknown, signal: AbortSignal) {
  let marked = 0
  for (let count = 1; count > 0 && !signal.aborted; marked += count) count = await markOverdueInvoices(ctx, signal)
  return { marked }
}

const lookUp: Work = (ctx, _input, signal) =>
  checkBreaches(ctx, { since: new Date(ctx.clock.now().getTime() - WEEK_MS), signal })

export const WORK: Record<JobName, Work> = {
  'invoices.mark-overdue': markOverdue,
  'vault.check-breaches': lookUp,
  'backups.run': makeBackup,
  'backups.verify': verifyBackup,
  'backups.restore': restoreBackup,
}
