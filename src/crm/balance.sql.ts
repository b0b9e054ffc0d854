import { batched } from '../core/batched.ts'
import type { Context } from '../core/context.ts'

type Paid = { invoiceId: number; paid: string }

/** What was paid on each invoice, in one statement. */
const paidOf = batched(async (ctx: Context, ids: readonly number[]) => {
  const rows = await ctx.db.$queryRaw<Paid[]>`
    SELECT invoice_id AS "invoiceId", sum(amount)::text AS paid
    FROM payment
    WHERE organization_id = ${ctx.organizationId} AND invoice_id = ANY(${ids}::int[])
    GROUP BY invoice_id`
  return new Map(rows.map(({ invoiceId, paid }) => [invoiceId, paid]))
})

export const amountPaid = async (ctx: Context, invoiceId: number): Promise<string> =>
  (await paidOf(ctx, invoiceId)) ?? '0.00'

type Open = { clientId: number; currency: string; amount: string }

/** What each client owes per currency, the currency of most invoices first. */
const owedBy = batched(async (ctx: Context, ids: readonly number[]) => {
  const rows = await ctx.db.$queryRaw<Open[]>`
    SELECT client_id AS "clientId", currency, sum(total - coalesce(paid, 0))::text AS amount
    FROM invoice
    LEFT JOIN LATERAL (
      SELECT sum(amount) AS paid FROM payment
      WHERE payment.organization_id = invoice.organization_id AND payment.invoice_id = invoice.id
    ) received ON true
    WHERE organization_id = ${ctx.organizationId} AND client_id = ANY(${ids}::int[]) AND status IN ('sent', 'overdue')
    GROUP BY client_id, currency
    ORDER BY client_id, count(*) DESC, currency`
  return Map.groupBy(rows, ({ clientId }) => clientId)
})

export async function outstandingBalance(ctx: Context, clientId: number, currency?: string | null): Promise<string> {
  const open = (await owedBy(ctx, clientId)) ?? []
  const chosen = currency ? open.find((each) => each.currency === currency) : open[0]
  return chosen?.amount ?? '0.00'
}
