import { type Context, row } from '../../core/context.ts'
import { today } from '../../core/day.ts'
import { updateRow } from '../../core/write.ts'
import type { Invoice } from '../../db/generated/client.ts'
import { heldInvoice } from './held.ts'

const BATCH = 500

const isLate = (ctx: Context, { status, dueOn }: Invoice): boolean =>
  status === 'sent' && dueOn !== null && dueOn < today(ctx.clock)

/** A payment may arrive meanwhile: only what is still late under the lock becomes overdue. */
const markOverdue = (ctx: Context, id: number): Promise<Invoice> =>
  updateRow(
    ctx,
    { name: 'invoice' },
    {
      verb: 'overdue',
      read: (tx) => heldInvoice(tx, ctx, id),
      write: async (tx, invoice) =>
        isLate(ctx, invoice) ? tx.invoice.update({ where: row(ctx, id), data: { status: 'overdue' } }) : invoice,
    },
  )

/** Turns sent invoices whose due day has passed OVERDUE, at most 500 at a time, each announced; says how many were late. */
export async function markOverdueInvoices(ctx: Context, signal?: AbortSignal): Promise<number> {
  const late = await ctx.db.invoice.findMany({
    where: { status: 'sent', dueOn: { lt: today(ctx.clock) } },
    select: { id: true },
    orderBy: { id: 'asc' },
    take: BATCH,
  })
  for (const { id } of late) if (!signal?.aborted) await markOverdue(ctx, id)
  return late.length
}
