import type { Context } from '../../core/context.ts'
import type { Transaction } from '../../db/client.ts'

const PURPOSE = 0x1_4e5
const DIGITS = 6

/**
 * The organization's next number, `INV-000001`. The lock lasts until the transaction ends, so that a number is never
 * given twice, and one that was rolled back is given again.
 */
export async function nextNumber(tx: Transaction, ctx: Context): Promise<string> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${PURPOSE}::int, ${ctx.organizationId}::int)`
  const [row] = await tx.$queryRaw<{ next: number }[]>`
    SELECT coalesce(max(substring(number FROM 5)::int), 0) + 1 AS next
    FROM invoice
    WHERE organization_id = ${ctx.organizationId} AND number ~ '^INV-[0-9]{6,9}$'`
  return `INV-${String(row!.next).padStart(DIGITS, '0')}`
}
