import type pg from 'pg'
import type { Storage } from '../../core/storage.ts'
import { isGone } from '../../core/storage.ts'
import { VERSION } from '../../version.ts'
import { copyOut, PLAIN_TEXT, rowsIn } from '../copy.ts'
import type { Part } from '../parts.ts'
import { enter, factsOf } from '../space/structure.ts'
import { type Applied, appliedTo, type Estimated, partitionsOf, sequencesOf, tablesOf } from './catalogue.ts'
import { countFiles, filesOf } from './files.ts'
import type { InstallationPart, Manifest } from './manifest.ts'
import { type FoundSpace, spacesOf } from './spaces.ts'

export type Dumping = {
  client: pg.ClientBase
  storage: Storage
  now: Date
  progress(rows: number, share: number | undefined): void
}

/** What came of it, told when it is over. */
export type Dumped = { tables: number; rows: number; documents: number; lost: string[]; leftOut: string[] }

type Found = { tables: Estimated[]; spaces: FoundSpace[]; migrations: Applied[] }
type DumpPart = Part<InstallationPart>

/** One moment of everything: whatever this connection reads from now on is as it was now. It ends with the connection. */
export const beginSnapshot = async (client: pg.ClientBase): Promise<void> => {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await client.query(PLAIN_TEXT)
}

async function manifestOf({ client, now }: Dumping, { tables, spaces, migrations }: Found): Promise<Manifest> {
  return {
    ...{ kind: 'manifest', version: VERSION, madeAt: now.toISOString(), migrations },
    ...{ partitions: await partitionsOf(client), sequences: await sequencesOf(client) },
    ...{ tables: tables.length, documents: await countFiles(client), spaces: spaces.length },
    spaceTables: spaces.reduce((sum, { structure }) => sum + structure.tables.length, 0),
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

const estimateOf = ({ tables, spaces }: Found): number =>
  [...tables, ...spaces.map(({ structure }) => structure)].reduce((sum, { estimate }) => sum + estimate, 0)

async function* tableParts(dumping: Dumping, found: Found, dumped: Dumped): AsyncGenerator<DumpPart> {
  for (const table of found.tables) {
    const rows = copyOut(dumping.client, table)
    const head = { kind: 'table', name: table.name, columns: table.columns } as const
    yield { head, body: counted(dumped, estimateOf(found), dumping, rows) }
    dumped.tables += 1
  }
}

async function* spaceParts(dumping: Dumping, found: Found, dumped: Dumped): AsyncGenerator<DumpPart> {
  for (const { organization, structure, ...place } of found.spaces) {
    const { estimate: _, ...told } = structure
    yield { head: { kind: 'space', organization, schema: place.schemaName, structure: told }, body: NOTHING }
    await enter(dumping.client, place)
    for (const table of structure.tables) {
      const rows = copyOut(dumping.client, factsOf(table))
      const head = { kind: 'rows', organization, table: table.name } as const
      yield { head, body: counted(dumped, estimateOf(found), dumping, rows) }
      dumped.tables += 1
    }
    dumped.leftOut.push(...structure.leftOut.map((name) => `${place.schemaName}.${name}`))
    await asServer(dumping.client)
  }
}

/** Undefined where there are no bytes any more: somebody deleted them meanwhile. */
async function opened(storage: Storage, key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const bytes = storage.getStream(key)[Symbol.asyncIterator]()
  try {
    const first = await bytes.next()
    return joined(first, bytes)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function* joined(first: IteratorResult<Uint8Array>, others: AsyncIterator<Uint8Array>) {
  for (let each = first; !each.done; each = await others.next()) yield each.value
}

/** The backup says which files are lost, and goes on. */
async function* fileParts({ client, storage }: Dumping, dumped: Dumped): AsyncGenerator<DumpPart> {
  for await (const { key, type } of filesOf(client)) {
    const body = await opened(storage, key)
    if (body) yield { head: { kind: 'document', key, type }, body }
    else yield { head: { kind: 'lost', key }, body: NOTHING }
    if (body) dumped.documents += 1
    else dumped.lost.push(key)
  }
}

/** The server's own role sees every organization's rows; the tables' owner sees none. */
const asServer = (client: pg.ClientBase) =>
  client.query("SET LOCAL ROLE opsgraph_system; SET LOCAL search_path = 'public'")

/** Everything that an installation keeps, as of the moment of the snapshot that the connection is in. */
export async function* installationParts(dumping: Dumping, dumped: Dumped): AsyncGenerator<DumpPart> {
  const { client } = dumping
  const [migrations, tables] = [(await appliedTo(client)) ?? [], await tablesOf(client)]
  await asServer(client)
  const found = { tables, migrations, spaces: await spacesOf(client) }
  await asServer(client)
  yield { head: await manifestOf(dumping, found), body: NOTHING }
  yield* tableParts(dumping, found, dumped)
  yield* spaceParts(dumping, found, dumped)
  yield* fileParts(dumping, dumped)
}
