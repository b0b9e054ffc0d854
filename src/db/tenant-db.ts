import type { Announcement, Wish } from './announce.ts'
import type { Prisma, PrismaClient } from './generated/client.ts'
import type { NewRow } from './insert.ts'

/** How many milliseconds a transaction may take before it is rolled back. */
export type TransactionBounds = { timeout?: number }

/** A row's columns, as the client library gives them. */
export type RowOf<M extends Prisma.ModelName> = Prisma.TypeMap['model'][M]['payload']['scalars']
/** What a row is made of, its keys included. */
export type DataOf<M extends Prisma.ModelName> = Partial<{ [Name in keyof RowOf<M>]: unknown }> & {
  organizationId: number
}

/** What of a row is changed: what is left out stays. */
export type ChangeOf<M extends Prisma.ModelName> = Partial<{ [Name in keyof RowOf<M>]: unknown }>

export type Transaction = Omit<PrismaClient, '$transaction' | '$extends' | '$on' | '$connect' | '$disconnect'> & {
  /** Rows with an event and an audit row each, in one statement; their ids, in the order given. */
  $insertMany<M extends Prisma.ModelName>(
    model: M,
    rows: readonly NewRow<DataOf<M>>[],
    announcement: Announcement,
  ): Promise<number[]>
}

export type TenantDb = Transaction & {
  $transaction<T>(work: (tx: Transaction) => Promise<T>, bounds?: TransactionBounds): Promise<T>
  /** One row with its event and its audit row, in one statement. */
  $insert<M extends Prisma.ModelName>(
    model: M,
    data: DataOf<M>,
    announcement: Announcement,
    wish?: Wish,
  ): Promise<RowOf<M>>
  /** Changes a row; where that makes a difference, with its event and its audit row, in one statement. Null where there is none. */
  $update<M extends Prisma.ModelName>(
    model: M,
    data: ChangeOf<M> & { id: number },
    announcement: Announcement,
    wish?: Wish,
  ): Promise<RowOf<M> | null>
}
