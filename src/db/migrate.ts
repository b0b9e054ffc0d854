import pg from 'pg'
import { connected } from './connected.ts'
import { NO_FILTER, withEngine } from './migrate-engine.ts'
import { type Migration, migrationList, readMigrations } from './migrate-folder.ts'
import { readHistory } from './migrate-history.ts'
import { ensureRoles } from './roles.ts'

export type MigrateOptions = {
  log?: (line: string) => void
  folder?: string
  /** No further than to where somebody else was. */
  only?: ReadonlySet<string>
}

/** Held while migrations are applied, so that processes may start together. */
const LOCK = '1869640551, 2'

const migrating = (url: string) => ({ connectionString: url, application_name: 'opsgraph migration', keepAlive: true })

/** CREATE INDEX CONCURRENTLY refuses a transaction: such a script must stand alone and bear being repeated. */
const isTransactional = (sql: string): boolean => !/\bCONCURRENTLY\b/i.test(sql)

/** The script and its record become one transaction: after a crash the history tells whether it happened. */
function recording(migrations: readonly Migration[]) {
  const names = new Map(migrations.filter(({ sql }) => isTransactional(sql)).map(({ sql, name }) => [sql, name]))
  return (script: string): string => {
    const name = names.get(script)
    if (!name) return script
    return `${script}\n;UPDATE public._prisma_migrations SET finished_at = now()
      WHERE migration_name = ${pg.escapeLiteral(name)} AND finished_at IS NULL AND rolled_back_at IS NULL`
  }
}

async function forget(url: string, interrupted: readonly string[]): Promise<void> {
  for (const migrationName of interrupted)
    await withEngine(url, (engine) => engine.markMigrationRolledBack({ migrationName }))
}

async function apply(url: string, migrations: readonly Migration[]): Promise<string[]> {
  const input = { migrationsList: migrationList(migrations), filters: NO_FILTER }
  const { appliedMigrationNames } = await withEngine(
    url,
    (engine) => engine.applyMigrations(input),
    recording(migrations),
  )
  return appliedMigrationNames
}

/** The engine names no migration in its error; its own record of what it began does. */
async function failed(url: string, client: pg.Client, migrations: readonly Migration[], cause: Error): Promise<Error> {
  const { interrupted } = await readHistory(client, migrations)
  await forget(url, interrupted)
  const [name] = interrupted
  return new Error(name ? `The migration ${name} failed and was undone: ${cause.message}.` : cause.message, { cause })
}

async function run(url: string, client: pg.Client, all: readonly Migration[], interrupted: readonly string[]) {
  await forget(url, interrupted)
  try {
    return await apply(url, all)
  } catch (error) {
    throw await failed(url, client, all, error as Error)
  }
}

/** Brings the database to the newest migration and tells which ones that took; quick when there are none. */
export async function migrate(url: string, { log = () => {}, folder, only }: MigrateOptions = {}): Promise<string[]> {
  const all = (await readMigrations(folder)).filter(({ name }) => only?.has(name) ?? true)
  return connected(migrating(url), async (client) => {
    if ((await readHistory(client, all)).pending.length === 0) return []
    await client.query(`SELECT pg_advisory_lock(${LOCK})`)
    await ensureRoles(client)
    const history = await readHistory(client, all)
    if (history.pending.length === 0) return []
    log(`applying ${history.pending.length} of ${all.length} migrations`)
    return run(url, client, all, history.interrupted)
  })
}

/** The migrations that the database still lacks; a process is ready when there are none. */
export async function pendingMigrations(url: string, folder?: string): Promise<string[]> {
  const all = await readMigrations(folder)
  const { pending } = await connected(migrating(url), (client) => readHistory(client, all))
  return pending.map(({ name }) => name)
}
