import type { Transaction } from '../db/client.ts'
import type { Context } from './context.ts'
import type { Place } from './envelope.ts'

/** The rows of a table whose secrets are bound to where they stand. */
export const sealedRows = (table: string) => ({
  table,
  placeOf: ({ organizationId }: Pick<Context, 'organizationId'>, row: number): Place => ({
    organizationId,
    table,
    row,
  }),
  /** A row's number is part of what its secrets are bound to, so it is known before they are encrypted. */
  async nextId(tx: Transaction): Promise<number> {
    const [next] = await tx.$queryRaw<{ id: bigint }[]>`SELECT nextval(pg_get_serial_sequence(${table}, 'id')) AS id`
    return Number(next!.id)
  },
})
