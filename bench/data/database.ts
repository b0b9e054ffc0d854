import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { ALONE } from '../../src/audit/trail/seal.sql.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { ROOT } from '../root.ts'
import { PEER_FUNCTIONS } from './peer-functions.sql.ts'
import { rows, SEEDED } from './rows.sql.ts'
import type { Shape } from './shape.ts'

export type Database = { url: string; version: string; close(): Promise<void> }
type Log = (line: string) => void

const LOCAL = 'postgresql://postgres@127.0.0.1:5432/opsgraph_bench'

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The same server, another database. */
export function sibling(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

const answers = (url: string) =>
  withClient(sibling(url, 'postgres'), async () => true).catch((error: { code?: string }) => {
    if (error.code === 'ECONNREFUSED') return false
    throw error
  })

/** The database asked for; else the one on this machine; else a server of our own in the data folder. */
export async function locate(given: string | undefined, log: Log): Promise<{ url: string; stop(): Promise<void> }> {
  const url = given ?? LOCAL
  if (given || (await answers(url).catch(() => false))) return { url, stop: async () => {} }
  log('no PostgreSQL on 127.0.0.1:5432: using the embedded one')
  const embedded = await openEmbedded(join(ROOT, '.opsgraph/bench'), log)
  return { url: sibling(embedded.url, 'opsgraph_bench'), stop: embedded.stop }
}

/** Changes when the rows or the tables would: then the database is made anew. */
async function fingerprint(shape: Shape): Promise<string> {
  const folder = join(ROOT, 'prisma/migrations')
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.sql')).sort()
  const hash = createHash('sha256').update(JSON.stringify([rows(shape), PEER_FUNCTIONS]))
  for (const file of files) hash.update(await readFile(join(folder, file)))
  return hash.digest('hex')
}

/** What a database was filled for. */
export const marker = (url: string): Promise<string | undefined> =>
  withClient(url, async (client) => (await client.query('SELECT hash FROM bench.seed')).rows[0]?.hash).catch(
    () => undefined,
  )

export async function recreate(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  if (!/^[a-z_]*bench[a-z_0-9]*$/.test(name))
    throw new Error(`The benchmark empties its database, so its name must contain "bench"; it is "${name}".`)
  await withClient(sibling(url, 'postgres'), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`)
  })
}

async function seed(client: pg.Client, shape: Shape, hash: string): Promise<void> {
  await client.query('SET ROLE opsgraph_system')
  for (const statement of rows(shape)) await client.query(statement)
  await client.query('RESET ROLE')
  for (const table of SEEDED) await client.query(`SELECT setval(pg_get_serial_sequence('${table}', 'id'), 10000000)`)
  await client.query(PEER_FUNCTIONS)
  await client.query('CREATE TABLE bench.seed (hash text NOT NULL)')
  await client.query('INSERT INTO bench.seed VALUES ($1)', [hash])
  await client.query('VACUUM ANALYZE')
}

/** Migrated and filled, or found so. */
export async function openDatabase(shape: Shape, given: string | undefined, log: Log): Promise<Database> {
  const { url, stop } = await locate(given, log)
  const hash = await fingerprint(shape)
  if ((await marker(url)) !== hash) {
    log('filling the database (once) …')
    await recreate(url)
    await migrate(url)
    await withClient(url, (client) => seed(client, shape, hash))
  }
  const version = await withClient(
    url,
    async (client) => (await client.query('SHOW server_version')).rows[0].server_version,
  )
  return { url, version, close: stop }
}

const DEADLOCK = '40P01'

/** What W4 and the servers themselves wrote is taken away again, so that every peer meets the same tables. */
export const clean = (url: string, shape: Shape): Promise<void> =>
  empty(url, shape).catch((error: { code?: string }) => {
    if (error.code === DEADLOCK) return clean(url, shape)
    throw error
  })

/** The servers go on with their own work meanwhile, and may hold these tables in another order. */
const empty = (url: string, shape: Shape): Promise<void> =>
  withClient(url, async (client) => {
    // Whoever seals meanwhile holds what is emptied here, in another order.
    await client.query(`BEGIN; ${ALONE}`)
    await client.query('ALTER TABLE audit_event DISABLE TRIGGER USER; ALTER TABLE audit_seal DISABLE TRIGGER USER')
    await client.query('TRUNCATE event, audit_event, audit_waiting, request_log CASCADE')
    await client.query('ALTER TABLE audit_event ENABLE TRIGGER USER; ALTER TABLE audit_seal ENABLE TRIGGER USER')
    await client.query('COMMIT')
    await client.query('SET ROLE opsgraph_system')
    await client.query('DELETE FROM asset WHERE id > $1', [shape.assets])
    await client.query('RESET ROLE')
    await client.query('VACUUM ANALYZE asset')
    await client.query('CHECKPOINT').catch(() => {})
  })
