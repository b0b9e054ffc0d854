import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { contentOf, copyIn } from '../../../backup/copy.ts'
import { damaged } from '../../../backup/damage.ts'
import { areAlike, buildTables, finishTables } from '../../../backup/space/build.ts'
import { enter, factsOf, type Place, readStructure } from '../../../backup/space/structure.ts'
import type { Context } from '../../../core/context.ts'
import { AppError } from '../../../core/errors.ts'
import { type ProjectHead, partsOf, type Run } from './file.ts'

const DENIED = '42501'
const NOT_LET =
  'The server may not make a schema to restore into: an operator lets its database role CREATE in the database.'

/** A schema of the organization's role that nobody else sees: it is there in this transaction alone. */
async function makeScratch(client: pg.ClientBase, { roleName }: Place): Promise<Place> {
  const schemaName = `restoring_${randomBytes(8).toString('hex')}`
  const statement = `CREATE SCHEMA ${schemaName} AUTHORIZATION ${pg.escapeIdentifier(roleName)}`
  await client.query('SET LOCAL ROLE none')
  await client.query(statement).catch((cause: { code?: string }) => {
    throw cause.code === DENIED ? new AppError('UNAVAILABLE', NOT_LET, {}, { cause }) : cause
  })
  return { schemaName, roleName }
}

export type Scratch = { head: ProjectHead; place: Place | undefined }

/** Which place a project's tables are restored by; undefined where it has none. */
export type PlaceFor = (head: ProjectHead) => Promise<Place | undefined>

async function fill(ctx: Context, client: pg.ClientBase, run: Run, placeFor: PlaceFor, signal: AbortSignal) {
  const sums = new Map<string, string>()
  let scratch: Scratch | undefined
  for await (const { head, body, sum } of partsOf(ctx, run, signal)) {
    if (head.kind === 'project') {
      const place = await placeFor(head)
      scratch = { head, place: place && (await makeScratch(client, place)) }
      if (scratch.place) await enter(client, scratch.place)
      await buildTables(client, head.structure)
      continue
    }
    const table = scratch?.head.structure.tables.find(({ name }) => name === head.table)
    if (!table) throw damaged('it holds rows of a table that it does not tell of.')
    await copyIn(client, factsOf(table), body)
    sums.set(head.table, sum().sha256)
  }
  if (!scratch || sums.size !== scratch.head.structure.tables.length) throw damaged('it does not hold what it says.')
  return { scratch, sums }
}

const differing = (what: string): AppError =>
  new AppError('UNPROCESSABLE', `What was restored is not what was backed up: ${what} differs.`)

/** Restores a run's file into a schema of its own, reads it again, and compares. Within a transaction of the connection. */
export async function restoreApart(
  ctx: Context,
  client: pg.ClientBase,
  run: Run,
  placeFor: PlaceFor,
  signal: AbortSignal,
): Promise<Scratch> {
  const { scratch, sums } = await fill(ctx, client, run, placeFor, signal)
  const { head, place } = scratch
  if (!place) return scratch
  await finishTables(client, head.structure)
  const again = await readStructure(client, place.schemaName, null)
  if (!areAlike(again, head.structure)) throw differing('what its tables are like')
  for (const table of again.tables)
    if ((await contentOf(client, factsOf(table))) !== sums.get(table.name)) throw differing(`the table ${table.name}`)
  return scratch
}
