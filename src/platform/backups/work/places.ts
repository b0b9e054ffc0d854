import type pg from 'pg'
import type { Context } from '../../../core/context.ts'
import { AppError } from '../../../core/errors.ts'
import type { EventType } from '../../../core/events/catalogue.ts'
import { record } from '../../../core/record.ts'
import { slugOf } from '../../../core/slug.ts'
import type { Transaction } from '../../../db/client.ts'
import { speaking } from '../../../db/speaking.ts'
import { MAX_TABLES } from '../../tables/limits.ts'
import { SPACE_LOCK } from '../../tables/space/ensure.ts'
import type { Restoring } from './restore.ts'

type Row = { id: number } & Record<string, unknown>

/** Where everything of a project goes to. */
export type Places = {
  projectId: number
  /** Tables that give way, as the database calls them. */
  replaced: string[]
  /** Notes what the tables are called now. */
  keep(names: ReadonlyMap<string, string>): Promise<void>
}

const OWN = 'organization_id = opsgraph_organization()'

const COLUMNS = `id, slug, name, description, created_at AS "createdAt", updated_at AS "updatedAt"`

async function one(client: pg.ClientBase, text: string, values: unknown[]): Promise<Row | undefined> {
  return (await client.query<Row>(text, values)).rows[0]
}

const UNIQUE = '23505'

const announced = (client: pg.ClientBase, ctx: Context, type: EventType, what: string, data: Row) =>
  record(speaking(client) as Transaction, ctx, { type, target: { type: what, id: data.id }, data })

async function newProject({ ctx, client, wish, scratch: { head } }: Restoring): Promise<number> {
  const name = wish.name ?? `${head.project.name} (restored)`
  const slug = wish.slug ?? slugOf(name)
  const now = ctx.clock.now()
  const insert = `INSERT INTO project (organization_id, slug, name, description, created_at, updated_at)
    VALUES (opsgraph_organization(), $1, $2, $3, $4, $4) RETURNING ${COLUMNS}, archived_at AS "archivedAt"`
  const made = await one(client, insert, [slug, name, head.project.description, now]).catch(
    (cause: { code?: string }) => {
      if (cause.code !== UNIQUE) throw cause
      throw new AppError(
        'UNPROCESSABLE',
        `The slug ${slug} is taken by another project; choose another one.`,
        {},
        { cause },
      )
    },
  )
  await announced(client, ctx, 'project.created', 'project', made!)
  return made!.id
}

async function sameProject({ client, run }: Restoring): Promise<number> {
  const held = await one(client, `SELECT id FROM project WHERE ${OWN} AND id = $1 FOR UPDATE`, [run.projectId])
  if (!held) throw new AppError('NOT_FOUND', 'The project has been deleted since; restore it as a new one.')
  return held.id
}

/** A group of the same slug is the same group. */
async function groupFor({ ctx, client }: Restoring, projectId: number, group: Row): Promise<number> {
  const known = await one(client, `SELECT id FROM "group" WHERE ${OWN} AND project_id = $1 AND slug = $2`, [
    projectId,
    group.slug,
  ])
  if (known) return known.id
  const insert = `INSERT INTO "group" (organization_id, project_id, slug, name, description, created_at, updated_at)
    VALUES (opsgraph_organization(), $1, $2, $3, $4, $5, $5) RETURNING ${COLUMNS}, project_id AS "projectId"`
  const made = await one(client, insert, [projectId, group.slug, group.name, group.description, ctx.clock.now()])
  await announced(client, ctx, 'group.created', 'group', made!)
  return made!.id
}

const TABLE = `t.id, t.group_id AS "groupId", t.name, t.physical_name AS "physicalName", t.managed,
  t.created_at AS "createdAt", t.updated_at AS "updatedAt"`

type TableRow = Row & { physicalName: string }

/** Nobody adds a table meanwhile: they are counted. */
const HOLD = 'SELECT pg_advisory_xact_lock($1, opsgraph_organization())'

const THERE = `
  SELECT ${TABLE} FROM managed_table t JOIN "group" g USING (organization_id)
  WHERE organization_id = opsgraph_organization() AND g.id = t.group_id AND g.project_id = $1 AND t.managed
  ORDER BY t.id FOR UPDATE OF t`

const KEEP = `
  INSERT INTO managed_table AS t (organization_id, id, group_id, name, physical_name, created_at, updated_at)
  VALUES (opsgraph_organization(), coalesce($1, nextval(pg_get_serial_sequence('managed_table', 'id'))), $2, $3, $4, $5, $5)
  RETURNING ${TABLE}`

async function refuseTooMany(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query(`SELECT count(*)::int AS count FROM managed_table WHERE ${OWN} AND managed`)
  if (rows[0].count > MAX_TABLES)
    throw new AppError('UNPROCESSABLE', `An organization has at most ${MAX_TABLES} tables; delete some first.`)
}

/** Those that were there and are in the backup keep their numbers; what has come since is gone. */
async function keepTables(restoring: Restoring, there: readonly TableRow[], placed: readonly Placed[]): Promise<void> {
  const { ctx, client } = restoring
  for (const { id, groupId, name, called } of placed) {
    const known = there.some((each) => each.id === id)
    const kept = await one(client, KEEP, [known ? id : null, groupId, name, called, ctx.clock.now()])
    await announced(client, ctx, known ? 'table.updated' : 'table.created', 'table', kept!)
  }
  for (const gone of there.filter((each) => !placed.some(({ id }) => id === each.id)))
    await announced(client, ctx, 'table.deleted', 'table', gone)
  await refuseTooMany(client)
}

type Placed = { id: number; groupId: number; name: string; called: string }

/** The rows that tell of a project, its groups and tables: new ones, or those that are there. */
export async function placesOf(restoring: Restoring): Promise<Places> {
  const { client, wish, scratch } = restoring
  const { groups, tables } = scratch.head
  const projectId = wish.into === 'same' ? await sameProject(restoring) : await newProject(restoring)
  await client.query(HOLD, [SPACE_LOCK])
  const { rows: there } = await client.query<TableRow>(THERE, [projectId])
  await client.query(`DELETE FROM managed_table WHERE ${OWN} AND id = ANY ($1)`, [there.map(({ id }) => id)])
  const groupIds = new Map<number, number>()
  for (const group of groups) groupIds.set(group.id, await groupFor(restoring, projectId, group))
  const keep: Places['keep'] = (names) => {
    const found = tables.filter(({ physicalName }) => names.has(physicalName))
    const placed = found.map(({ id, groupId, name, physicalName }) => {
      return { id, groupId: groupIds.get(groupId)!, name, called: names.get(physicalName)! }
    })
    return keepTables(restoring, there, placed)
  }
  return { projectId, replaced: there.map(({ physicalName }) => physicalName), keep }
}
