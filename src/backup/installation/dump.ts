import type pg from 'pg'
import type { Storage } from '../../core/storage.ts'
import { isGone } from '../../core/storage.ts'
import { VERSION } from '../../version.ts'
import { copyOut, PLAIN_TEXT, rowsIn } from '../copy.ts'
import type { Part } from '../parts.ts'
import { type Applied, appliedTo, type Estimated, partitionsOf, sequencesOf, tablesOf } from './catalogue.ts'
import { filesOf } from './files.ts'
import type { InstallationPart, Manifest } from './manifest.ts'

export type Dumping = {
  client: pg.ClientBase
  storage: Storage
  now: Date
  progress(rows: number, share: number | undefined): void
}

/** What came of it, told when it is over. */
export type Dumped = { tables: number; rows: number; documents: number; lost: string[] }

type Found = { tables: Estimated[]; migrations: Applied[] }
type DumpPart = Part<InstallationPart>

/** One moment of everything: whatever this connection reads from now on is as it was now. It ends with the connection. */
export const beginSnapshot = async (client: pg.ClientBase): Promise<void> => {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await client.query(PLAIN_TEXT)
}

async function manifestOf({ client, now }: Dumping, { tables, migrations }: Found): Promise<Manifest> {
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM public.document')
  return {
    ...{ kind: 'manifest', version: VERSION, madeAt: now.toISOString(), migrations },
    ...{ partitions: await partitionsOf(client), sequences: await sequencesOf(client) },
    ...{ tables: tables.length, documents: rows[0]!.count },
  }
}

const NOTHING: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} }

async function* counted(dumped: Dumped, estimate: number, { progress }: Dumping, body: AsyncIterable<Uint8Array>) {
  for await (const chunk of body) {
    dumped.rows += rowsIn(chunk)
    progress(dumped.rows, estimate > 0 ? Math.min(0.99, dumped.rows / estimate) : undefined)
    yield chunk
  }
}

async function* tableParts(dumping: Dumping, tables: readonly Estimated[], dumped: Dumped): AsyncGenerator<DumpPart> {
  const estimate = tables.reduce((sum, table) => sum + table.estimate, 0)
  for (const table of tables) {
    const rows = copyOut(dumping.client, table)
    const head = { kind: 'table', name: table.name, columns: [...table.columns] } as const
    yield { head, body: counted(dumped, estimate, dumping, rows) }
    dumped.tables += 1
  }
}

/** A document that somebody deleted meanwhile has no bytes any more; the backup says so and goes on. */
async function* fileParts({ client, storage }: Dumping, dumped: Dumped): AsyncGenerator<DumpPart> {
  for await (const { key, type } of filesOf(client)) {
    const bytes = await storage.get(key).catch((error: unknown) => {
      if (isGone(error)) return undefined
      throw error
    })
    if (!bytes) dumped.lost.push(key)
    if (!bytes) yield { head: { kind: 'lost', key }, body: NOTHING }
    else yield { head: { kind: 'document', key, type }, body: one(bytes) }
    dumped.documents += bytes ? 1 : 0
  }
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Everything that an installation keeps, as of the moment of the snapshot that the connection is in. */
export async function* installationParts(dumping: Dumping, dumped: Dumped): AsyncGenerator<DumpPart> {
  const { client } = dumping
  const migrations = (await appliedTo(client)) ?? []
  const tables = await tablesOf(client)
  const found = { tables, migrations }
  // The server's own role sees every organization's rows; the tables' owner sees none.
  await client.query('SET LOCAL ROLE opsgraph_system')
  const manifest = await manifestOf(dumping, found)
  yield { head: manifest, body: NOTHING }
  yield* tableParts(dumping, tables, dumped)
  yield* fileParts(dumping, dumped)
}
