import type { ClientBase } from 'pg'

/** The login role becomes one of these for every statement: `_app` sees one organization, `_system` all of them. */
const ROLES = ['opsgraph_app', 'opsgraph_system'] as const
const ATTRIBUTES = 'NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION'
const ATTEMPTS = 10
const GRANT_OPTIONS_SINCE = 160_000

type Found = { login: string; version: number; name: string; exists: boolean; strong: boolean; granted: boolean }

/** SET became a privilege of its own in PostgreSQL 16; asking an older server for it is an error. */
const FIND = `
  SELECT current_user AS login, v.version, r.name, p.oid IS NOT NULL AS exists,
         coalesce(p.rolsuper OR p.rolbypassrls, false) AS strong,
         coalesce(pg_has_role(p.oid, CASE WHEN v.version >= ${GRANT_OPTIONS_SINCE} THEN 'SET' ELSE 'MEMBER' END), false) AS granted
  FROM unnest($1::text[]) AS r (name)
  CROSS JOIN (SELECT current_setting('server_version_num')::int AS version) AS v
  LEFT JOIN pg_roles AS p ON p.rolname = r.name`

/** Another process that prepares the same cluster at the same moment. */
const isRace = ({ code, message }: { code?: string; message: string }) =>
  code === '42710' || code === '23505' || (code === 'XX000' && message.includes('concurrently'))

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

function statementFor({ exists, granted, name, login, version }: Found): string | undefined {
  if (!exists) return `CREATE ROLE ${name} ${ATTRIBUTES}`
  if (granted) return undefined
  const options = version >= GRANT_OPTIONS_SINCE ? ' WITH SET TRUE, INHERIT FALSE' : ''
  return `GRANT ${name} TO ${quoted(login)}${options}`
}

function refusal(login: string, cause: unknown): Error {
  const sentence = `The database role "${login}" may not create roles. As a superuser, run once: CREATE ROLE opsgraph_app NOLOGIN; CREATE ROLE opsgraph_system NOLOGIN; GRANT opsgraph_app, opsgraph_system TO ${quoted(login)};`
  return new Error(sentence, { cause })
}

async function run(client: ClientBase, statement: string, login: string): Promise<void> {
  try {
    await client.query(statement)
  } catch (error) {
    const failure = error as { code?: string; message: string }
    if (failure.code === '42501') throw refusal(login, error)
    if (!isRace(failure)) throw error
  }
}

/** Makes the two roles of the cluster, and lets the login role become them. Nothing happens when all is well. */
export async function ensureRoles(client: ClientBase): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { rows } = await client.query<Found>(FIND, [ROLES])
    const strong = rows.find((role) => role.strong)
    if (strong)
      throw new Error(
        `The role ${strong.name} may bypass row-level security: run ALTER ROLE ${strong.name} NOSUPERUSER NOBYPASSRLS;`,
      )
    const missing = rows.filter((role) => statementFor(role))
    if (missing.length === 0) return
    for (const role of missing) await run(client, statementFor(role)!, role.login)
  }
  throw new Error(`The roles ${ROLES.join(' and ')} could not be made: other processes kept changing them.`)
}
