import { Prisma, type Transaction } from '../db/client.ts'
import type { Context } from './context.ts'

/** Holds a row until the transaction ends, so that a check and the change that rests on it see the same row. */
export const lockRow = (tx: Transaction, ctx: Context, table: string, id: number): Promise<number> => {
  const owner = table === 'organization' ? 'id' : 'organization_id'
  return tx.$executeRaw`SELECT 1 FROM ${Prisma.raw(`"${table}"`)}
    WHERE ${Prisma.raw(owner)} = ${ctx.organizationId} AND id = ${id} FOR UPDATE`
}
