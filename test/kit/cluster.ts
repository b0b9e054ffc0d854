import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { readMigrations } from '../../src/db/migrate-folder.ts'
import { rolePrefix } from '../../src/platform/tables/space/names.ts'

/** What a test file needs to make its own database: the server, the migrated template, and a name of this run's own. */
export type TestCluster = { url: string; template: string; prefix: string }

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: TestCluster
  }
}

const MAKING = 'SELECT pg_advisory_lock(1869640551, 3)'
const MADE = 'SELECT pg_advisory_unlock(1869640551, 3)'

/**
 * Fast because nothing has to survive: the folder is removed when the run ends. Nothing is vacuumed either: a worker at
 * that in a database keeps a role that is no superuser from dropping it.
 */
const FLEETING = {
  ...{ fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
  ...{ autovacuum: 'off', max_connections: '200' },
}

export function inDatabase(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

/** Drops a database, and the roles that it made for tables of organizations: those would stay in the cluster. */
export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  const { rows: databases } = await client.query('SELECT oid FROM pg_database WHERE datname = $1', [name])
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  for (const { oid } of databases) {
    const { rows: roles } = await client.query('SELECT rolname AS role FROM pg_roles WHERE starts_with(rolname, $1)', [
      rolePrefix(oid),
    ])
    for (const { role } of roles) await client.query(`DROP ROLE IF EXISTS ${pg.escapeIdentifier(role)}`)
  }
}

async function templateName(): Promise<string> {
  const checksums = (await readMigrations()).map(({ name, checksum }) => `${name} ${checksum}`)
  return `opsgraph_template_${createHash('sha256').update(checksums.join('\n')).digest('hex').slice(0, 16)}`
}

const lockOf = (template: string): string => `1869640552, ${Number.parseInt(template.slice(-7), 16)}`

const exists = async (client: pg.Client, database: string): Promise<boolean> =>
  (await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database])).rowCount === 1

/** Migrated under another name and renamed, so that a template which can be seen is complete. */
async function makeTemplate(client: pg.Client, url: string, template: string): Promise<void> {
  if (await exists(client, template)) return
  const draft = `${template}_draft`
  await client.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${draft} TEMPLATE template0`)
  await migrate(inDatabase(url, draft))
  await client.query(`ALTER DATABASE ${draft} RENAME TO ${template}`)
}

/** The template of the same migrations is shared by runs on one server; the last of them drops it. */
async function dropAll(client: pg.Client, { template, prefix }: TestCluster): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
    [prefix],
  )
  for (const { name } of rows) await dropDatabase(client, name)
  await client.query(`SELECT pg_advisory_unlock_shared(${lockOf(template)})`)
  const { rows: tried } = await client.query(`SELECT pg_try_advisory_lock(${lockOf(template)}) AS alone`)
  if (tried[0].alone) await client.query(`DROP DATABASE IF EXISTS ${template}`)
}

async function openServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, stop: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'opsgraph-test-'))
  await chmod(folder, 0o755)
  const embedded = await openEmbedded(folder, undefined, FLEETING)
  const stop = async () => {
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { url: embedded.url, stop }
}

async function openTemplate(client: pg.Client, url: string): Promise<TestCluster> {
  const template = await templateName()
  await client.query(MAKING)
  await client.query(`SELECT pg_advisory_lock_shared(${lockOf(template)})`)
  await makeTemplate(client, url, template)
  await client.query(MADE)
  return { url, template, prefix: `opsgraph_test_${randomBytes(4).toString('hex')}_` }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await openServer()
  const client = new pg.Client({ connectionString: server.url, application_name: 'opsgraph tests' })
  const close = () => client.end().finally(server.stop)
  try {
    await client.connect()
    const cluster = await openTemplate(client, server.url)
    project.provide('cluster', cluster)
    return () => dropAll(client, cluster).finally(close)
  } catch (error) {
    await close()
    throw error
  }
}
