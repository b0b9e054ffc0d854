import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Envelope } from '../../core/envelope.ts'
import { AppError } from '../../core/errors.ts'
import { rowsIn } from '../copy.ts'
import { damaged } from '../damage.ts'
import { type ReadPart, type Sum, unpacked } from '../parts.ts'
import type { Head } from '../sealed.ts'
import { COLUMN, type InstallationPart, type Manifest, PLACE } from './manifest.ts'

export type BackupFile = {
  name: string
  envelope: Envelope
  signal: AbortSignal
  /** How many rows were read, and which part of the file that is. */
  progress(rows: number, share: number): void
}

/** The key of a file, which its first line holds encrypted by the master key. */
const keyOf = (envelope: Envelope) => (head: Head) => {
  const { keyId, wrappedKey } = head as Head & { keyId: unknown; wrappedKey: unknown }
  if (typeof keyId !== 'string' || typeof wrappedKey !== 'string') throw damaged('its key is missing.')
  if (!envelope.knows(keyId))
    throw new AppError(
      'UNPROCESSABLE',
      `The backup is encrypted by the master key ${keyId}, and this process was given another one (${envelope.keyId}). Set OPSGRAPH_MASTER_KEY to the key of the installation that made it, or OPSGRAPH_PREVIOUS_MASTER_KEY where the key was rotated since.`,
    )
  try {
    return envelope
      .open(PLACE, { keyId, wrappedKey: Uint8Array.from(Buffer.from(wrappedKey, 'base64')) })
      .stream(COLUMN)
  } catch (cause) {
    throw damaged('its key is not what was written.', cause)
  }
}

async function sizeOf(name: string): Promise<number> {
  const found = await stat(name).catch(() => undefined)
  if (!found?.isFile()) throw new AppError('NOT_FOUND', `There is no file ${name}.`)
  return found.size
}

/** A backup's parts, as they stand in the file. */
export async function* partsOf(backup: BackupFile): AsyncGenerator<ReadPart<InstallationPart>> {
  const { name, envelope, signal, progress } = backup
  const size = await sizeOf(name)
  let [read, rows] = [0, 0]
  async function* stored() {
    for await (const chunk of createReadStream(name, { signal })) {
      read += chunk.length
      yield chunk as Buffer
    }
  }
  async function* counted(body: AsyncIterable<Uint8Array>) {
    for await (const chunk of body) {
      rows += rowsIn(chunk)
      progress(rows, read / size)
      yield chunk
    }
  }
  for await (const part of unpacked<InstallationPart>(stored(), keyOf(envelope)))
    yield part.head.kind === 'table' || part.head.kind === 'rows' ? { ...part, body: counted(part.body) } : part
}

export type Space = Extract<InstallationPart, { kind: 'space' }>

export const placeOf = ({ organization, table }: { organization: number; table: string }): string =>
  `${organization} ${table}`

/** What a whole backup holds: found by reading all of it, so that what is damaged is known before anything is changed. */
export type Inspected = {
  manifest: Manifest
  tables: ReadonlyMap<string, Sum>
  spaces: readonly Space[]
  /** By organization and table. */
  spaceRows: ReadonlyMap<string, Sum>
  rows: number
  documents: number
  lost: string[]
}

export async function inspect(file: BackupFile): Promise<Inspected> {
  let rows = 0
  const progress = (count: number, share: number) => {
    rows = count
    file.progress(count, share)
  }
  let manifest: Manifest | undefined
  const [tables, spaceRows] = [new Map<string, Sum>(), new Map<string, Sum>()]
  const [spaces, lost]: [Space[], string[]] = [[], []]
  let documents = 0
  for await (const { head, body, sum } of partsOf({ ...file, progress })) {
    for await (const _ of body);
    if (head.kind === 'manifest') manifest = head
    if (head.kind === 'table') tables.set(head.name, sum())
    if (head.kind === 'space') spaces.push(head)
    if (head.kind === 'rows') spaceRows.set(placeOf(head), sum())
    if (head.kind === 'document') documents += 1
    if (head.kind === 'lost') lost.push(head.key)
  }
  const held = [tables.size, spaces.length, spaceRows.size, documents + lost.length]
  if (!manifest || held.join() !== [manifest.tables, manifest.spaces, manifest.spaceTables, manifest.documents].join())
    throw damaged('it does not hold what it says.')
  return { manifest, tables, spaces, spaceRows, rows, documents, lost }
}
