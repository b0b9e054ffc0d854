import { Prisma, type Transaction } from '../db/client.ts'
import type { Context } from './context.ts'

/** Resources whose rows are called otherwise in the database. */
const PLACES: Readonly<Record<string, readonly [table: string, key: string, owner: string]>> = {
  user: ['membership', 'user_id', 'organization_id'],
  organization: ['organization', 'id', 'id'],
  table: ['managed_table', 'id', 'organization_id'],
}

/** Holds a row until the transaction ends, so that a check and the change that rests on it see the same row. */
export function lockRow(tx: Transaction, ctx: Context, name: string, id: number): Promise<number> {
  const [table, key, owner] = PLACES[name] ?? [name, 'id', 'organization_id']
  return tx.$executeRaw`SELECT 1 FROM ${Prisma.raw(`"${table}"`)}
    WHERE ${Prisma.raw(owner)} = ${ctx.organizationId} AND ${Prisma.raw(key)} = ${id} FOR UPDATE`
}
