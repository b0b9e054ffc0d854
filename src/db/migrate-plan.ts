import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbedded } from './embedded.ts'
import { NO_FILTER, withEngine } from './migrate-engine.ts'
import { MIGRATIONS, migrationList, readMigrations, readSchema } from './migrate-folder.ts'
import { ensureRoles } from './roles.ts'

const NAME = /^[a-z][a-z0-9_]{2,60}$/

async function withRoles(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  await ensureRoles(client).finally(() => client.end())
}

/** The SQL from where the migrations lead to what the schema files say; hand-written SQL is invisible to it. */
export async function plannedSql(url: string, folder?: string): Promise<string> {
  await withRoles(url)
  const [migrations, files] = await Promise.all([readMigrations(folder), readSchema()])
  const from = { tag: 'migrations' as const, ...migrationList(migrations) }
  const to = { tag: 'schemaDatamodel' as const, files }
  const { exitCode, stdout } = await withEngine(url, (engine) =>
    engine.diff({ from, to, script: true, exitCode: true, filters: NO_FILTER }),
  )
  return exitCode === 0 ? '' : (stdout ?? '')
}

/** What the engine would still change in that database to make it the schema; empty when they agree. */
export async function migrationDrift(url: string): Promise<string> {
  const files = await readSchema()
  const from = { tag: 'schemaDatasource' as const, files, configDir: '.' }
  const to = { tag: 'schemaDatamodel' as const, files }
  const { exitCode, stdout } = await withEngine(url, (engine) =>
    engine.diff({ from, to, script: true, exitCode: true, filters: NO_FILTER }),
  )
  return exitCode === 0 ? '' : (stdout ?? '')
}

const timestamp = (now: Date): string => now.toISOString().replace(/\D/g, '').slice(0, 14)

function assertName(name: string): void {
  if (!NAME.test(name)) throw new Error(`"${name}" is no name for a migration: use a_few_words in lower case.`)
}

/** Writes a new migration folder and returns its name. */
export async function planMigration(name: string, url: string, folder = MIGRATIONS): Promise<string> {
  assertName(name)
  const sql = await plannedSql(url, folder)
  if (!sql) throw new Error('The schema files change nothing: there is no migration to write.')
  const made = `${timestamp(new Date())}_${name}`
  await mkdir(join(folder, made), { recursive: true })
  await writeFile(join(folder, made, 'migration.sql'), sql)
  return made
}

/** On a PostgreSQL that lives for this one plan, so that nobody's database is touched. */
async function planAlone(name: string): Promise<string> {
  assertName(name)
  const data = await mkdtemp(join(tmpdir(), 'opsgraph-plan-'))
  await chmod(data, 0o755)
  const { url, stop } = await openEmbedded(data, undefined, { fsync: 'off' })
  try {
    return await planMigration(name, url)
  } finally {
    await stop()
    await rm(data, { recursive: true, force: true })
  }
}

if (import.meta.main) {
  try {
    process.stdout.write(`prisma/migrations/${await planAlone(process.argv[2] ?? '')}/migration.sql\n`)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    process.exitCode = 1
  }
}
