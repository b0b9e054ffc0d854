import { damaged } from '../../../backup/damage.ts'
import { measured, type ReadPart, unpacked } from '../../../backup/parts.ts'
import type { Structure } from '../../../backup/space/structure.ts'
import type { Context } from '../../../core/context.ts'
import { AppError } from '../../../core/errors.ts'
import { isGone } from '../../../core/storage.ts'
import type { RowOf } from '../../../db/client.ts'
import { fileKey, SEALED } from '../runs/key.ts'

type Kept = { id: number; slug: string; name: string; description: string }

/** What a backup of a project begins with. */
export type ProjectHead = {
  kind: 'project'
  version: string
  madeAt: string
  project: Kept
  groups: Kept[]
  /** What the tables are called by people, and what the database calls them. */
  tables: { id: number; groupId: number; name: string; physicalName: string }[]
  structure: Structure
}

export type ProjectPart = ProjectHead | { kind: 'rows'; table: string }

export type Run = RowOf<'BackupRun'>

export const readRun = async (ctx: Context, id: number): Promise<Run> => {
  const where = { organizationId_id: { organizationId: ctx.organizationId, id } }
  const run = await ctx.db.backupRun.findUnique({ where, omit: { storageKey: false, wrappedKey: false, keyId: false } })
  if (!run) throw new AppError('NOT_FOUND', 'This backup has been deleted.')
  return run as Run
}

const GONE = 'The file of this backup is not in the storage any more.'

async function* whole(ctx: Context, { storageKey, checksum }: Run, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = measured(ctx.storage.getStream(storageKey))
  try {
    for await (const chunk of file.bytes) {
      signal.throwIfAborted()
      yield chunk
    }
  } catch (error) {
    throw isGone(error) ? new AppError('NOT_FOUND', GONE, {}, { cause: error }) : error
  }
  if (file.sum().sha256 !== checksum) throw damaged('its checksum is not the one that was noted.')
}

/** The parts of a run's file. Whatever is not as it was written is found before it has been read to its end. */
export const partsOf = (ctx: Context, run: Run, signal: AbortSignal): AsyncGenerator<ReadPart<ProjectPart>> =>
  unpacked<ProjectPart>(whole(ctx, run, signal), () => fileKey(ctx, run))

export { SEALED }
