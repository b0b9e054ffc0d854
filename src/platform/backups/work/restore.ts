import pg from 'pg'
import { z } from 'zod'
import { moveTables } from '../../../backup/space/move.ts'
import { enter } from '../../../backup/space/structure.ts'
import { type Context, row } from '../../../core/context.ts'
import { AppError } from '../../../core/errors.ts'
import { hiddenOf } from '../../../core/events/catalogue.ts'
import { record, told } from '../../../core/record.ts'
import type { Transaction } from '../../../db/client.ts'
import { speaking } from '../../../db/speaking.ts'
import { RUN } from '../runs/key.ts'
import { asOrganization, begin } from './connection.ts'
import { type Run, readRun } from './file.ts'
import { about } from './make.ts'
import { placesOf } from './places.ts'
import { restoreApart, type Scratch } from './scratch.ts'
import { placeFor } from './verify.ts'

const wish = about.extend({
  into: z.enum(['new', 'same']),
  name: z.string().optional(),
  slug: z.string().optional(),
})
export type Wish = z.output<typeof wish>

export type Restoring = { ctx: Context; client: pg.ClientBase; run: Run; wish: Wish; scratch: Scratch }

/** The tables that are there give way to those that were backed up. */
async function dropTables({ client, scratch: { place } }: Restoring, schema: string, names: readonly string[]) {
  if (!place || names.length === 0) return
  await enter(client, { ...place, schemaName: schema })
  const listed = names.map((name) => pg.escapeIdentifier(name)).join(', ')
  await client.query("SET LOCAL lock_timeout = '10s'")
  await client.query(`DROP TABLE IF EXISTS ${listed}`).catch((cause: { code?: string }) => {
    if (cause.code === '2BP01')
      throw new AppError(
        'CONFLICT',
        'Tables or views outside the project rest on its tables; drop those first.',
        {},
        { cause },
      )
    if (cause.code === '55P03')
      throw new AppError('CONFLICT', 'Somebody is busy with the project’s tables; try again.', {}, { cause })
    throw cause
  })
}

const NONE: ReadonlyMap<string, string> = new Map()

/** Out of the schema that nobody sees into the one that everybody in the organization does. */
async function moveIn({ client, scratch: { place } }: Restoring, schema: string): Promise<ReadonlyMap<string, string>> {
  if (!place) return NONE
  await enter(client, place)
  const names = await moveTables(client, place.schemaName, schema)
  await client.query(`DROP SCHEMA ${pg.escapeIdentifier(place.schemaName)}`)
  return names
}

async function settled(restoring: Restoring): Promise<{ projectId: number; tables: number }> {
  const { ctx, client, scratch } = restoring
  await asOrganization(client, ctx)
  const places = await placesOf(restoring)
  const { rows } = await client.query(
    'SELECT schema_name AS name FROM managed_space WHERE organization_id = opsgraph_organization()',
  )
  await dropTables(restoring, rows[0]?.name, places.replaced)
  const names = await moveIn(restoring, rows[0]?.name)
  await asOrganization(client, ctx)
  await places.keep(names)
  return { projectId: places.projectId, tables: scratch.head.tables.length }
}

const RESTORED = `
  UPDATE backup_run SET restoration = 'succeeded', restoration_error = NULL, restored_at = $2, restored_project_id = $3
  WHERE organization_id = opsgraph_organization() AND id = $1`

/** What is told of it is told in the transaction that did it. */
async function announce({ ctx, client, run, wish: { into } }: Restoring, done: { projectId: number; tables: number }) {
  const at = ctx.clock.now()
  await client.query(RESTORED, [run.id, at, done.projectId])
  const { wrappedKey: _, ...plain } = run
  const data = { ...plain, restoration: 'succeeded', restoredAt: at, restoredProjectId: done.projectId }
  await record(speaking(client) as Transaction, ctx, {
    type: 'backup_run.restored',
    target: { type: RUN.name, id: run.id },
    data: told(data, hiddenOf(RUN.name)),
    changes: { into, ...done },
  })
}

/** Brings a project back: all of it, compared with what was backed up, or nothing. */
export async function restoreBackup(ctx: Context, input: unknown, signal: AbortSignal) {
  const given = wish.parse(input)
  const run = await readRun(ctx, given.runId)
  if (run.restoration === 'succeeded') return { runId: run.id, projectId: run.restoredProjectId }
  await ctx.db.backupRun.update({
    where: row(ctx, run.id),
    data: { restoration: 'running', restorationError: null },
  })
  const done = await ctx.connected(async (client) => {
    await begin(client, ctx)
    const scratch = await restoreApart(ctx, client, run, placeFor(ctx), signal)
    const restoring = { ctx, client, run, wish: given, scratch }
    const settling = await settled(restoring)
    await announce(restoring, settling)
    signal.throwIfAborted()
    await client.query('COMMIT')
    return settling
  })
  ctx.announced()
  return { runId: run.id, ...done }
}
