import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { measured, packed } from '../backup/parts.ts'
import type { Envelope } from '../core/envelope.ts'
import type { Storage } from '../core/storage.ts'
import type { ProjectHead } from '../platform/backups/work/file.ts'
import { VERSION } from '../version.ts'
import type { Rows } from './batch.ts'

export type DemoProject = { id: number; slug: string; name: string; description: string; groups: ProjectHead['groups'] }
const DAY_MS = 86_400_000
const KEPT_DAYS = 90

type Stores = { storage: Storage; envelope: Envelope }

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** A backup as a worker makes one of a project that has no tables yet: it can be proved and restored. */
async function fileOf({ groups, ...project }: DemoProject, key: Uint8Array, madeAt: Date) {
  const structure = { tables: [], sequences: [], leftOut: [] }
  const about = { version: VERSION, madeAt: madeAt.toISOString(), project, groups, tables: [], structure }
  async function* parts() {
    yield { head: { kind: 'project', ...about } satisfies ProjectHead, body: nothing() }
  }
  const file = measured(packed(parts(), key, { of: 'project' }))
  const bytes = await buffer(file.bytes)
  return { bytes, sha256: file.sum().sha256 }
}

async function addRun(rows: Rows, project: DemoProject, scheduleId: number, at: Date, { storage, envelope }: Stores) {
  const { organizationId } = rows
  const place = { organizationId, table: 'backup_run', row: rows.next('BackupRun') }
  const { key, stored } = envelope.create(place)
  const { bytes, sha256 } = await fileOf(project, key.stream('file'), at)
  const storageKey = `${organizationId}/${randomUUID()}`
  await storage.put(storageKey, bytes, 'application/octet-stream')
  const { id: projectId, slug: projectSlug, name: projectName } = project
  rows.add('BackupRun', {
    ...{ projectId, scheduleId, projectSlug, projectName, storageKey, ...stored },
    ...{ status: 'succeeded', tablesDone: 0, tablesTotal: 0, checksum: sha256, sizeBytes: bytes.length },
    ...{ createdAt: at, startedAt: at, finishedAt: at, keepUntil: new Date(at.getTime() + KEPT_DAYS * DAY_MS) },
  })
}

/** A schedule, and what it had made so far. */
export async function addBackups(
  rows: Rows,
  project: DemoProject,
  times: readonly Date[],
  stores: Stores,
): Promise<void> {
  const [first] = times
  const nextRunAt = new Date(times.at(-1)!.getTime() + 7 * DAY_MS)
  const schedule = {
    projectId: project.id,
    everyHours: 168,
    keepDays: KEPT_DAYS,
    nextRunAt,
    createdAt: first!,
    updatedAt: first!,
  }
  const scheduleId = rows.add('BackupSchedule', schedule)
  for (const at of times) await addRun(rows, project, scheduleId, at, stores)
}
