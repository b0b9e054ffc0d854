import { createHash } from 'node:crypto'
import type pg from 'pg'
import { AppError } from '../../core/errors.ts'
import type { Storage } from '../../core/storage.ts'
import { connected } from '../../db/connected.ts'
import { migrate } from '../../db/migrate.ts'
import { readMigrations } from '../../db/migrate-folder.ts'
import { makeNamed } from '../../db/partitions.ts'
import { contentOf, copyIn, PLAIN_TEXT } from '../copy.ts'
import type { ReadPart, Sum } from '../parts.ts'
import { factsOf, type SpaceTable } from '../space/structure.ts'
import { type Sequence, tablesOf } from './catalogue.ts'
import { refuseFull } from './empty.ts'
import type { InstallationPart, Manifest } from './manifest.ts'
import { type BackupFile, type Inspected, inspect, partsOf, placeOf, type Space } from './read.ts'
import { beginSpace, finishSpace, leave, nameRole } from './spaces.ts'
import { withoutWalls } from './walls.ts'

export type Loading = {
  file: BackupFile
  url: string
  /** Where documents are put; without it they are only read. */
  storage?: Storage | undefined
  log(line: string): void
}

export type Loaded = {
  version: string
  madeAt: string
  tables: number
  rows: number
  documents: number
  lost: string[]
}

/** This version has to know every migration that the backup's database had been through, word by word. */
async function refuseUnknown({ version, migrations }: Manifest): Promise<void> {
  const known = new Map((await readMigrations()).map(({ name, checksum }) => [name, checksum]))
  const other = migrations.filter(({ name, checksum }) => known.get(name) !== checksum)
  if (other.length === 0) return
  const sentence = `The backup was made by version ${version}, whose tables this version does not know (${other[0]!.name}). Restore it with that version or a later one.`
  throw new AppError('CONFLICT', sentence)
}

type Spaces = { structures: ReadonlyMap<string, SpaceTable> }

const tablesOfSpace = ({ structure }: Space): [string, SpaceTable][] =>
  structure.tables.map((table) => [table.name, table])

async function put(loading: Loading, client: pg.ClientBase, part: ReadPart<InstallationPart>, spaces: Spaces) {
  const { head, body } = part
  if (head.kind === 'table') await copyIn(client, head, body)
  if (head.kind === 'document') await keep(loading, head, part)
  if (head.kind === 'space') await beginSpace(client, head)
  if (head.kind === 'space') spaces.structures = new Map(tablesOfSpace(head))
  if (head.kind === 'rows') await copyIn(client, factsOf(spaces.structures.get(head.table)!), body)
}

/** A document is put back, and read back. */
async function keep({ storage }: Loading, { key, type }: { key: string; type: string }, part: ReadPart<unknown>) {
  if (!storage) return
  await storage.putStream(key, part.body, type)
  const digest = createHash('sha256')
  for await (const chunk of storage.getStream(key)) digest.update(chunk)
  if (digest.digest('hex') !== part.sum().sha256)
    throw new AppError('CONFLICT', `The file ${key} is not in the storage as it was put there. Nothing was restored.`)
}

/** What stands in the database now, read as it was read for the backup, has to be the same text. */
async function compare(client: pg.ClientBase, expected: ReadonlyMap<string, Sum>): Promise<void> {
  const tables = await tablesOf(client)
  for (const [name, { sha256: wanted }] of expected)
    if ((await contentOf(client, tables.find((each) => each.name === name)!)) !== wanted)
      throw new AppError('CONFLICT', `The table ${name} is not what the backup says it is. Nothing was restored.`)
}

async function goOn(client: pg.ClientBase, sequences: readonly Sequence[]): Promise<void> {
  for (const { name, value } of sequences) await client.query('SELECT setval($1::regclass, $2)', [name, value])
}

/** What was waiting or at work when the backup was made is handed to the queue of this database. */
const AGAIN = `
  UPDATE job SET state = 'queued', handed_over = false, ticket = gen_random_uuid(), run_at = NULL,
    attempts = CASE state WHEN 'running' THEN greatest(attempts - 1, 0) ELSE attempts END
  WHERE state IN ('queued', 'running', 'retrying')`

async function load(loading: Loading, client: pg.ClientBase, inspected: Inspected): Promise<void> {
  const { manifest, tables, spaces, spaceRows } = inspected
  const at: Spaces = { structures: new Map() }
  await client.query(`BEGIN; ${PLAIN_TEXT}`)
  await withoutWalls(client, async () => {
    for await (const part of partsOf(loading.file)) await put(loading, client, part, at)
    loading.log('comparing what was restored with the backup')
    for (const space of spaces) {
      const { organization } = space
      await finishSpace(client, space, (table) => spaceRows.get(placeOf({ organization, table }))?.sha256)
    }
    await leave(client)
    await compare(client, tables)
    for (const space of spaces) await nameRole(client, space)
    await goOn(client, manifest.sequences)
    await client.query(AGAIN)
  })
  // A rehearsal leaves nothing behind, not even the roles of organizations, which belong to no database.
  await client.query(loading.storage ? 'COMMIT' : 'ROLLBACK')
}

/** Brings a whole installation back into an empty database: all of it, or nothing. */
export async function loadInstallation(loading: Loading): Promise<Loaded> {
  const { file, url, log } = loading
  log('reading the backup to its end')
  const inspected = await inspect(file)
  const { manifest, tables, spaces: _, spaceRows, ...counts } = inspected
  await refuseUnknown(manifest)
  const config = { connectionString: url, application_name: 'opsgraph restore', keepAlive: true }
  await connected(config, async (client) => {
    await refuseFull(client, manifest.migrations)
    await migrate(url, { log, only: new Set(manifest.migrations.map(({ name }) => name)) })
    await makeNamed(client, manifest.partitions)
    await load(loading, client, inspected)
  })
  await migrate(url, { log })
  const { version, madeAt } = manifest
  return { version, madeAt, tables: tables.size + spaceRows.size, ...counts }
}
