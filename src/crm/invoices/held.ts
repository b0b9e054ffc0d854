import { type Context, row } from '../../core/context.ts'
import { lockRow } from '../../core/lock.ts'
import type { Transaction } from '../../db/client.ts'
import type { Invoice } from '../../db/generated/client.ts'

/** An invoice that nobody else changes until the transaction ends. */
export async function heldInvoice(tx: Transaction, ctx: Context, id: number): Promise<Invoice | null> {
  await lockRow(tx, ctx, 'invoice', id)
  return tx.invoice.findUnique({ where: row(ctx, id) })
}
