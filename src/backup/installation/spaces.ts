import type pg from 'pg'
import { AppError } from '../../core/errors.ts'
import { speaking } from '../../db/speaking.ts'
import { makePlace } from '../../platform/tables/space/ensure.ts'
import { spaceNames } from '../../platform/tables/space/names.ts'
import { contentOf } from '../copy.ts'
import { areAlike, buildTables, finishTables } from '../space/build.ts'
import { enter, factsOf, hold, type Place, type Read, readStructure, type Structure } from '../space/structure.ts'

export type FoundSpace = Place & { organization: number; structure: Read }

const SPACES = `
  SELECT organization_id AS organization, schema_name AS "schemaName", role_name AS "roleName"
  FROM public.managed_space ORDER BY organization_id`

const isThere = async (client: pg.ClientBase): Promise<boolean> =>
  (await client.query("SELECT to_regclass('public.managed_space') IS NOT NULL AS there")).rows[0].there

/** The tables that organizations have of their own: nobody changes what they are like until the snapshot ends. */
export async function spacesOf(client: pg.ClientBase): Promise<FoundSpace[]> {
  if (!(await isThere(client))) return []
  const { rows } = await client.query<Place & { organization: number }>(SPACES)
  const found: FoundSpace[] = []
  for (const space of rows) {
    await enter(client, space)
    const structure = await readStructure(client, space.schemaName, null)
    await hold(client, structure.tables)
    found.push({ ...space, structure })
  }
  return found
}

export type Loaded = { organization: number; schema: string; structure: Structure }

/** Roles belong to the whole cluster: in another database they have other names. */
async function placeOf(client: pg.ClientBase, { organization, schema }: Loaded): Promise<Place> {
  const { rows } = await client.query('SELECT oid FROM pg_database WHERE datname = current_database()')
  return { schemaName: schema, roleName: spaceNames(rows[0].oid, organization).roleName }
}

/** Until `leave`, as the role of the organization's own tables. */
export async function beginSpace(client: pg.ClientBase, space: Loaded): Promise<void> {
  await leave(client)
  const place = await placeOf(client, space)
  await makePlace(speaking(client), place)
  await enter(client, place)
  await buildTables(client, space.structure)
}

/** From now on the server finds the organization's tables under the role of this database. */
export async function nameRole(client: pg.ClientBase, space: Loaded): Promise<void> {
  const { roleName } = await placeOf(client, space)
  const statement = 'UPDATE public.managed_space SET role_name = $2 WHERE organization_id = $1'
  await client.query(statement, [space.organization, roleName])
}

export const leave = (client: pg.ClientBase) => client.query("SET LOCAL ROLE none; SET LOCAL search_path = 'public'")

const differing = (what: string): AppError =>
  new AppError('CONFLICT', `${what} is not what the backup says it is. Nothing was restored.`)

/** When all rows are there: what they have to keep. Then it is read again, and has to be what was written. */
export async function finishSpace(
  client: pg.ClientBase,
  space: Loaded,
  sha256Of: (table: string) => string | undefined,
): Promise<void> {
  const { schema, structure } = space
  await enter(client, await placeOf(client, space))
  await finishTables(client, structure)
  const found = await readStructure(client, schema, null)
  if (!areAlike(found, structure)) throw differing(`The schema ${schema}`)
  for (const table of found.tables)
    if ((await contentOf(client, factsOf(table))) !== sha256Of(table.name))
      throw differing(`The table ${schema}.${table.name}`)
}
