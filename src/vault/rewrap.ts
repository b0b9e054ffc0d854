import type { Envelope } from '../core/envelope.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { countRows, nextRows, rewrapRows, SEALED_TABLES, type SealedRow } from './rewrap.sql.ts'

export type Rewrapping = {
  query: SystemQuery
  envelope: Envelope
  /** Rows at a time; each batch is a transaction of its own, and stays done whatever comes after it. */
  batch: number
  progress(done: number, all: number): void
}

/** What became of the rows of all organizations. */
export type Rewrapped = {
  keyId: string
  /** Under the present master key now, and under it already. */
  rewrapped: number
  current: number
  /** Under a master key that nobody named. */
  unknown: number
}

type Counted = { rows: number; waiting: number }

async function counted({ query, envelope }: Rewrapping, table: string): Promise<Counted> {
  const [found] = await query<Counted>(countRows(table), [envelope.keyId])
  return found!
}

async function rewrapBatch({ query, envelope }: Rewrapping, table: string, rows: readonly SealedRow[]): Promise<void> {
  const wrapped = rows.map(({ organization, id, key, wrapped }) => {
    const stored = { wrappedKey: Uint8Array.from(wrapped), keyId: key }
    return Buffer.from(envelope.rewrap({ organizationId: organization, table, row: id }, stored).wrappedKey)
  })
  const columns = [
    ...[rows.map(({ organization }) => organization), rows.map(({ id }) => id)],
    ...[rows.map((row) => row.wrapped), wrapped],
  ]
  await query(rewrapRows(table), [envelope.keyId, ...columns])
}

async function rewrapTable(work: Rewrapping, table: string, noted: (rows: number) => void): Promise<void> {
  const { query, envelope, batch } = work
  let after = { organization: 0, id: 0 }
  for (;;) {
    const rows = await query<SealedRow>(nextRows(table), [after.organization, after.id, envelope.keyId, batch])
    const last = rows.at(-1)
    if (!last) return
    const known = rows.filter(({ key }) => envelope.knows(key))
    if (known.length > 0) await rewrapBatch(work, table, known)
    noted(known.length)
    after = last
  }
}

/** Encrypts every row's key by the present master key. What is done stays done: run again, it goes on where it stopped. */
export async function rewrapAll(work: Rewrapping): Promise<Rewrapped> {
  const before = await Promise.all(SEALED_TABLES.map((table) => counted(work, table)))
  const all = before.reduce((sum, { waiting }) => sum + waiting, 0)
  let rewrapped = 0
  for (const table of SEALED_TABLES)
    await rewrapTable(work, table, (rows) => {
      rewrapped += rows
      work.progress(rewrapped, all)
    })
  const after = await Promise.all(SEALED_TABLES.map((table) => counted(work, table)))
  const current = before.reduce((sum, { rows, waiting }) => sum + rows - waiting, 0)
  return {
    keyId: work.envelope.keyId,
    rewrapped,
    current,
    unknown: after.reduce((sum, { waiting }) => sum + waiting, 0),
  }
}
