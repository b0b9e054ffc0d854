import pg from 'pg'
import type { Context } from '../../../core/context.ts'
import { AppError } from '../../../core/errors.ts'
import { sqlState } from '../../../core/public-error.ts'
import type { RowOf, Transaction } from '../../../db/client.ts'
import type { Speaking } from '../../../db/speaking.ts'
import { spaceNames } from './names.ts'

export type Space = RowOf<'ManagedSpace'>
type Names = { schemaName: string; roleName: string }

const ATTRIBUTES = 'NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT'
const GRANT_OPTIONS_SINCE = 160_000

type Found = {
  login: string
  version: number
  made: boolean
  strong: boolean
  granted: boolean
  /** Who owns the schema, where there is one. */
  owner: string | null
}

/** SET became a privilege of its own in PostgreSQL 16; asking an older server for it is an error. */
const FIND = `
  SELECT session_user::text AS login, v.version, r.oid IS NOT NULL AS made,
    coalesce(r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcanlogin, false) AS strong,
    coalesce(pg_has_role(session_user, r.oid, CASE WHEN v.version >= ${GRANT_OPTIONS_SINCE} THEN 'SET' ELSE 'MEMBER' END), false) AS granted,
    (SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = $2) AS owner
  FROM (SELECT current_setting('server_version_num')::int AS version) AS v LEFT JOIN pg_roles AS r ON r.rolname = $1`

/** What is still to be said to the database; an operator who may more than the server says the same. */
function statementsFor({ schemaName, roleName }: Names, { made, granted, owner, login, version }: Found): string[] {
  const role = pg.escapeIdentifier(roleName)
  const options = version >= GRANT_OPTIONS_SINCE ? ' WITH SET TRUE, INHERIT FALSE' : ''
  return [
    ...(made ? [] : [`CREATE ROLE ${role} ${ATTRIBUTES}`]),
    ...(granted ? [] : [`GRANT ${role} TO ${pg.escapeIdentifier(login)}${options}`]),
    ...(owner === null ? [`CREATE SCHEMA ${pg.escapeIdentifier(schemaName)} AUTHORIZATION ${role}`] : []),
  ]
}

const unavailable = (sentence: string, cause?: unknown) => new AppError('UNAVAILABLE', sentence, {}, { cause })

function assertSafe({ schemaName, roleName }: Names, { strong, owner }: Found): void {
  if (strong)
    throw unavailable(
      `The database role ${roleName} may do too much to hold an organization's tables: an operator runs ALTER ROLE ${pg.escapeIdentifier(roleName)} ${ATTRIBUTES};`,
    )
  if (owner !== null && owner !== roleName)
    throw unavailable(`The database schema ${schemaName} belongs to ${owner}: an operator renames it.`)
}

const DENIED = '42501'

/** The role and the schema, as whoever the server signs in to the database as. */
export async function makePlace(tx: Speaking, names: Names): Promise<void> {
  const [found] = await tx.$queryRawUnsafe<Found[]>(FIND, names.roleName, names.schemaName)
  assertSafe(names, found!)
  const statements = statementsFor(names, found!)
  try {
    for (const statement of statements) await tx.$executeRawUnsafe(statement)
  } catch (error) {
    if (sqlState(error) !== DENIED) throw error
    const sentence = `The database role "${found!.login}" may not make the place for this organization's tables. As a superuser, an operator runs once: ${statements.join('; ')};`
    throw unavailable(sentence, error)
  }
}

/** As whoever the server signs in to the database as, which owns what the migrations made. */
export async function asLogin<T>(tx: Transaction, work: () => Promise<T>): Promise<T> {
  await tx.$executeRaw`SELECT set_config('role', 'none', true)`
  const done = await work()
  await tx.$executeRaw`SELECT set_config('role', 'opsgraph_app', true)`
  return done
}

export const spaceOf = (tx: Transaction, { organizationId }: Context): Promise<Space | null> =>
  tx.managedSpace.findUnique({ where: { organizationId } })

export async function databaseNumber(tx: Transaction): Promise<bigint> {
  const rows = await tx.$queryRaw<[{ oid: bigint }]>`
    SELECT oid::bigint AS oid FROM pg_database WHERE datname = current_database()`
  return rows[0].oid
}

/**
 * The schema and the role of the organization's tables, made when they are first needed. The row comes first: whoever
 * comes second waits for it, and finds everything made.
 */
export async function ensureSpace(tx: Transaction, ctx: Context): Promise<Space> {
  const known = await spaceOf(tx, ctx)
  if (known) return known
  const names = spaceNames(await databaseNumber(tx), ctx.organizationId)
  const row = { organizationId: ctx.organizationId, ...names, createdAt: ctx.clock.now() }
  const { count } = await tx.managedSpace.createMany({ data: [row], skipDuplicates: true })
  if (count > 0) await asLogin(tx, () => makePlace(tx, names))
  return (await spaceOf(tx, ctx))!
}

/** Held by whoever counts what is there before they add to it, beside the organization's number. */
export const SPACE_LOCK = 1_869_640_554

export const lockSpace = (tx: Transaction, { organizationId }: Context): Promise<number> =>
  tx.$executeRaw`SELECT pg_advisory_xact_lock(${SPACE_LOCK}::int, ${organizationId}::int)`
