import type pg from 'pg'
import type { Transaction } from './tenant-db.ts'

export type Speaking = Pick<Transaction, '$queryRawUnsafe' | '$executeRawUnsafe'>

/** A connection as those see it who write in transactions of the client library: rows are streamed on it as well. */
export const speaking = (client: pg.ClientBase): Speaking =>
  ({
    $queryRawUnsafe: async (text: string, ...values: unknown[]) => (await client.query(text, values)).rows,
    $executeRawUnsafe: async (text: string, ...values: unknown[]) => (await client.query(text, values)).rowCount ?? 0,
  }) as unknown as Speaking
