import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { AppError } from '../../../core/errors.ts'
import { sqlState } from '../../../core/public-error.ts'
import { aloneWith } from '../../../db/alone.ts'
import type { Transaction } from '../../../db/client.ts'
import { asLogin, databaseNumber } from '../../tables/space/ensure.ts'
import { rolePrefix } from '../../tables/space/names.ts'
import { scramVerifier } from './scram.ts'

const ATTRIBUTES = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT'
const CONNECTIONS = 5
/** What a session begins with. Whoever wants may ask for longer; what holds is when the role ends. */
const TIMEOUTS = { statement_timeout: '60s', lock_timeout: '10s', idle_in_transaction_session_timeout: '60s' }
const MEMBERS_INHERIT_SINCE = 160_000
const ENDED_WITHIN_MS = 2000
const DENIED = '42501'

const name = pg.escapeIdentifier

/** Of random bytes, in letters that no URI has to encode. */
export const newPassword = (): string => randomBytes(24).toString('base64url')

/** Roles belong to the whole cluster: nobody guesses one, and none is taken. */
export const newRoleName = async (tx: Transaction, organizationId: number): Promise<string> =>
  `${rolePrefix(await databaseNumber(tx))}${organizationId}_${randomBytes(6).toString('hex')}`

/** Rows that were copied from another database name roles which are that one's business. */
const isOurs = async (tx: Transaction, role: string): Promise<boolean> => {
  if (!role.startsWith(rolePrefix(await databaseNumber(tx)))) return false
  const found = await tx.$queryRaw<unknown[]>`SELECT 1 AS one FROM pg_roles WHERE rolname = ${role}`
  return found.length > 0
}

type Facts = { login: string; super: boolean; version: number; database: string; temporary: boolean; connect: boolean }

const FACTS = `SELECT session_user::text AS login, r.rolsuper AS super, current_setting('server_version_num')::int AS version,
    d.datname::text AS database, has_database_privilege('public', d.oid, 'TEMP') AS temporary,
    has_database_privilege('public', d.oid, 'CONNECT') AS connect
  FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()`

const facts = async (tx: Transaction): Promise<Facts> => (await tx.$queryRawUnsafe<[Facts]>(FACTS))[0]

async function say(tx: Transaction, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await tx.$executeRawUnsafe(statement)
}

/** Only one process at a time changes what everybody may do in the database, or who may enter a schema. */
export const alone = (tx: Transaction): Promise<unknown> =>
  tx.$executeRawUnsafe(`SELECT ${aloneWith('credential roles')}`)

/** To end its sessions, and what it left behind, one has to be its member, unless one may do everything. */
const membership = ({ super: all, version, login }: Facts, role: string): string[] =>
  all
    ? []
    : [
        `GRANT ${name(role)} TO ${name(login)}${version >= MEMBERS_INHERIT_SINCE ? ' WITH INHERIT TRUE, SET FALSE' : ''}`,
      ]

/** As whoever the server signs in as; where that one may not, an operator is told what lets it. */
const asMaker = <T>(
  tx: Transaction,
  remedy: (login: string) => string,
  work: (known: Facts) => Promise<T>,
): Promise<T> =>
  asLogin(tx, async () => {
    const known = await facts(tx)
    try {
      return await work(known)
    } catch (cause) {
      if (sqlState(cause) !== DENIED) throw cause
      const login = name(known.login)
      const sentence = `The database role ${login} may not do this. As a superuser, an operator runs once: ${remedy(login)};`
      throw new AppError('UNAVAILABLE', sentence, {}, { cause })
    }
  })

const toMake = (login: string): string => `ALTER ROLE ${login} CREATEROLE`
/** What another login has made is not one's own. */
const toChange = (role: string) => (login: string) => `GRANT ${name(role)} TO ${login} WITH ADMIN OPTION`

/** Temporary tables are everybody's unless they are taken from everybody. */
async function closeDatabase(tx: Transaction, { temporary, database }: Facts): Promise<void> {
  if (!temporary) return
  const statement = `REVOKE TEMPORARY ON DATABASE ${name(database)} FROM PUBLIC`
  await say(tx, [statement])
  if (!(await facts(tx)).temporary) return
  throw new AppError(
    'UNAVAILABLE',
    `Roles would be able to make temporary tables. The owner of the database runs once: ${statement};`,
  )
}

export type NewRole = { role: string; password: string; until: Date; schemaName: string }

const creation = ({ role, password, until, schemaName }: NewRole, known: Facts): string[] => [
  `CREATE ROLE ${name(role)} ${ATTRIBUTES} CONNECTION LIMIT ${CONNECTIONS} PASSWORD ${pg.escapeLiteral(scramVerifier(password))} VALID UNTIL ${pg.escapeLiteral(until.toISOString())}`,
  `ALTER ROLE ${name(role)} SET search_path TO ${name(schemaName)}`,
  ...Object.entries(TIMEOUTS).map(([setting, value]) => `ALTER ROLE ${name(role)} SET ${setting} TO '${value}'`),
  ...membership(known, role),
  ...(known.connect ? [] : [`GRANT CONNECT ON DATABASE ${name(known.database)} TO ${name(role)}`]),
]

/** Makes a role that may sign in and nothing else. */
export const makeRole = (tx: Transaction, made: NewRole): Promise<void> =>
  asMaker(tx, toMake, async (known) => {
    await say(tx, creation(made, known))
    await closeDatabase(tx, known)
  })

/** Another password; nobody signs in by the one before. False where there is no such role any more. */
export const changePassword = (tx: Transaction, role: string, password: string): Promise<boolean> =>
  asMaker(tx, toChange(role), async () => {
    if (!(await isOurs(tx, role))) return false
    await say(tx, [`ALTER ROLE ${name(role)} PASSWORD ${pg.escapeLiteral(scramVerifier(password))}`])
    return true
  })

const END = 'SELECT pg_terminate_backend(pid, $2) FROM pg_stat_activity WHERE usename = $1'
const end = (tx: Transaction, role: string) => tx.$queryRawUnsafe(END, role, ENDED_WITHIN_MS)

export const endSessions = (tx: Transaction, role: string): Promise<unknown> =>
  asMaker(tx, toChange(role), () => end(tx, role))

/** Nobody signs in by it any more, and whoever did is out. False where there is no such role. */
export const shutRole = (tx: Transaction, role: string): Promise<boolean> =>
  asMaker(tx, toChange(role), async () => {
    if (!(await isOurs(tx, role))) return false
    await say(tx, [`ALTER ROLE ${name(role)} NOLOGIN PASSWORD NULL`])
    await end(tx, role)
    return true
  })

const ELSEWHERE = `SELECT 1 AS one FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass
  AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)
  AND dbid NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())) LIMIT 1`

/**
 * The role with whatever it left behind: large objects and rights that it gave to others. Where it left something in another
 * database, which let it in, it stays, shut and without rights: that nobody may drop from here.
 */
export const dropRole = (tx: Transaction, role: string): Promise<void> =>
  asMaker(tx, toChange(role), async ({ database }) => {
    const [elsewhere] = await tx.$queryRawUnsafe<unknown[]>(ELSEWHERE, role)
    await say(tx, [
      `REVOKE ALL ON DATABASE ${name(database)} FROM ${name(role)}`,
      `DROP OWNED BY ${name(role)}`,
      ...(elsewhere ? [] : [`DROP ROLE ${name(role)}`]),
    ])
  })
