import type pg from 'pg'
import { z } from 'zod'
import { copyOut, rowsIn } from '../../../backup/copy.ts'
import { measured, type Part, packed } from '../../../backup/parts.ts'
import { enter, factsOf, hold, readStructure, type Structure } from '../../../backup/space/structure.ts'
import { type Context, row } from '../../../core/context.ts'
import { AppError } from '../../../core/errors.ts'
import { updateRow } from '../../../core/write.ts'
import { VERSION } from '../../../version.ts'
import { fileKey, RUN } from '../runs/key.ts'
import { asOrganization, begin, placeOf } from './connection.ts'
import { type ProjectHead, type ProjectPart, type Run, readRun } from './file.ts'
import { type Progress, progressOf } from './progress.ts'

export const about = z.object({ runId: z.int() })

const PROJECT = `
  SELECT to_jsonb(p) AS project,
    (SELECT coalesce(json_agg(json_build_object('id', g.id, 'slug', g.slug, 'name', g.name, 'description', g.description) ORDER BY g.id), '[]')
      FROM "group" g WHERE g.organization_id = p.organization_id AND g.project_id = p.id) AS groups,
    (SELECT coalesce(json_agg(json_build_object('id', t.id, 'groupId', t.group_id, 'name', t.name, 'physicalName', t.physical_name) ORDER BY t.id), '[]')
      FROM managed_table t JOIN "group" g ON g.organization_id = t.organization_id AND g.id = t.group_id
      WHERE g.organization_id = p.organization_id AND g.project_id = p.id AND t.managed) AS tables
  FROM (SELECT organization_id, id, slug, name, description FROM project WHERE organization_id = opsgraph_organization() AND id = $1) AS p`

type Found = Pick<ProjectHead, 'project' | 'groups' | 'tables'>

async function found(client: pg.ClientBase, projectId: number | null): Promise<Found> {
  const { rows } = await client.query<Found>(PROJECT, [projectId])
  if (!rows[0]) throw new AppError('NOT_FOUND', 'The project has been deleted since.')
  return rows[0]
}

const NO_TABLES: Structure = { tables: [], sequences: [], leftOut: [] }

/** Until the transaction ends nobody changes what the tables are like. */
async function structureOf(client: pg.ClientBase, ctx: Context, { tables }: Found): Promise<Structure> {
  const place = await placeOf(client)
  if (!place || tables.length === 0) return NO_TABLES
  await enter(client, place)
  const names = tables.map(({ physicalName }) => physicalName)
  const { estimate: _, ...structure } = await readStructure(client, place.schemaName, names)
  await hold(client, structure.tables)
  await asOrganization(client, ctx)
  return structure
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* counted(body: AsyncIterable<Uint8Array>, progress: Progress, signal: AbortSignal) {
  for await (const chunk of body) {
    signal.throwIfAborted()
    await progress.rows(rowsIn(chunk))
    yield chunk
  }
}

type Making = { ctx: Context; client: pg.ClientBase; run: Run; progress: Progress; signal: AbortSignal }

/** One moment of a project: what it consists of, and the rows of its tables. */
async function* projectParts(making: Making): AsyncGenerator<Part<ProjectPart>> {
  const { ctx, client, run, progress, signal } = making
  await begin(client, ctx, 'ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const project = await found(client, run.projectId)
  const structure = await structureOf(client, ctx, project)
  const madeAt = ctx.clock.now().toISOString()
  yield { head: { kind: 'project', version: VERSION, madeAt, ...project, structure }, body: nothing() }
  await progress.tables(structure.tables.length)
  const place = await placeOf(client)
  if (place) await enter(client, place)
  for (const table of structure.tables) {
    const rows = copyOut(client, factsOf(table))
    yield { head: { kind: 'rows', table: table.name }, body: counted(rows, progress, signal) }
    await progress.table()
  }
}

const TYPE = 'application/octet-stream'

/** Writes the file of a run; one that is there already is written anew. */
export async function writeBackup(ctx: Context, run: Run, signal: AbortSignal) {
  const progress = progressOf(ctx, run.id)
  return ctx.connected(async (client) => {
    const parts = projectParts({ ctx, client, run, progress, signal })
    const file = measured(packed(parts, fileKey(ctx, run), { of: 'project' }))
    await ctx.storage.putStream(run.storageKey, file.bytes, TYPE)
    return { ...file.sum(), ...progress.soFar() }
  })
}

/** Makes the backup that a run asks for. An attempt that fails leaves no file behind. */
export async function makeBackup(ctx: Context, input: unknown, signal: AbortSignal) {
  const { runId } = about.parse(input)
  const run = await readRun(ctx, runId)
  if (run.status === 'succeeded') return { runId }
  const where = row(ctx, runId)
  await ctx.db.backupRun.update({ where, data: { status: 'running', startedAt: ctx.clock.now(), error: null } })
  const done = await writeBackup(ctx, run, signal).catch(async (error: unknown) => {
    await ctx.storage.delete(run.storageKey)
    throw error
  })
  const { bytes, sha256, tables, rows } = done
  const data = { checksum: sha256, sizeBytes: bytes, tablesDone: tables, tablesTotal: tables, rowCount: rows }
  await updateRow(ctx, RUN, {
    verb: 'succeeded',
    read: (tx) => tx.backupRun.findUnique({ where }),
    write: (tx) => tx.backupRun.update({ where, data: { ...data, status: 'succeeded', finishedAt: ctx.clock.now() } }),
  })
  return { runId, tables, rows, bytes }
}
