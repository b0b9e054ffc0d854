import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { emptyDatabase, type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { migrate, pendingMigrations } from './migrate.ts'
import { migrationDrift, planMigration, plannedSql } from './migrate-plan.ts'

let database: TestDatabase
let folder: string

beforeEach(async () => {
  database = await emptyDatabase()
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-migrations-'))
})

afterEach(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

async function write(name: string, sql: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'migration.sql'), sql)
}

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client(database.url)
  await client.connect()
  return client.query(text).then(({ rows }) => client.end().then(() => rows))
}

const FUNCTION = `CREATE TABLE a (id int PRIMARY KEY);
  CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$;`

test('migrations are applied once and in order, functions with semicolons included', async () => {
  await write('20260101000000_first', FUNCTION)
  await write('20260102000000_second', 'INSERT INTO a SELECT f() -- without a semicolon')
  expect(await pendingMigrations(database.url, folder)).toEqual(['20260101000000_first', '20260102000000_second'])
  expect(await migrate(database.url, { folder })).toEqual(['20260101000000_first', '20260102000000_second'])
  expect(await migrate(database.url, { folder })).toEqual([])
  expect(await pendingMigrations(database.url, folder)).toEqual([])
  expect(await query('SELECT id FROM a')).toEqual([{ id: 2 }])
})

test('of processes that start together, one applies the migrations', async () => {
  await write('20260101000000_first', FUNCTION)
  const applied = await Promise.all([1, 2, 3].map(() => migrate(database.url, { folder })))
  expect(applied.flat()).toEqual(['20260101000000_first'])
})

test('a failed migration is named, leaves nothing behind and is tried again', async () => {
  await write('20260101000000_first', `${FUNCTION} SELECT nothing_here`)
  await expect(migrate(database.url, { folder })).rejects.toThrow(
    'The migration 20260101000000_first failed and was undone: column "nothing_here" does not exist.',
  )
  expect(await query("SELECT to_regclass('a') AS a")).toEqual([{ a: null }])
  await write('20260101000000_first', FUNCTION)
  expect(await migrate(database.url, { folder })).toEqual(['20260101000000_first'])
})

test('a migration whose process died is tried again', async () => {
  await write('20260101000000_first', FUNCTION)
  await migrate(database.url, { folder })
  await query('DROP TABLE a; DROP FUNCTION f(); UPDATE _prisma_migrations SET finished_at = NULL')
  expect(await migrate(database.url, { folder })).toEqual(['20260101000000_first'])
})

test('a migration edited after it was applied is refused by name', async () => {
  await write('20260101000000_first', FUNCTION)
  await migrate(database.url, { folder })
  await write('20260101000000_first', `${FUNCTION} SELECT 1;`)
  await expect(migrate(database.url, { folder })).rejects.toThrow('The migration 20260101000000_first was edited')
})

test('an older process leaves the migrations of a newer one alone', async () => {
  await write('20260101000000_first', FUNCTION)
  await write('20260103000000_newer', 'CREATE TABLE newer ()')
  await migrate(database.url, { folder })
  await rm(join(folder, '20260103000000_newer'), { recursive: true })
  expect(await migrate(database.url, { folder })).toEqual([])
  await write('20260102000000_between', 'CREATE TABLE b ()')
  expect(await migrate(database.url, { folder })).toEqual(['20260102000000_between'])
})

test('a planned migration makes an empty database into the schema, and a second plan is refused', async () => {
  await write('20260101000000_extensions', 'CREATE EXTENSION pg_trgm; CREATE EXTENSION btree_gin')
  const name = await planMigration('first_tables', database.url, folder)
  expect(name).toMatch(/^\d{14}_first_tables$/)
  expect(await migrationDrift(database.url)).toContain('CREATE TABLE')
  await migrate(database.url, { folder })
  expect(await migrationDrift(database.url)).toBe('')
  await expect(planMigration('again', database.url, folder)).rejects.toThrow('The schema files change nothing')
})

test('the committed migrations say what the schema files say', async () => {
  const migrated = await testDatabase()
  expect(await plannedSql(migrated.url)).toBe('')
  expect(await migrationDrift(migrated.url)).toBe('')
  await migrated.drop()
})

test('rows of a table that a later migration makes are numbered for both roles', async () => {
  const migrated = await testDatabase()
  await write(
    '99990101000000_later',
    "CREATE TABLE later (id serial, note text); SELECT opsgraph_protect('later', 'true')",
  )
  expect(await migrate(migrated.url, { folder })).toEqual(['99990101000000_later'])
  const client = new pg.Client(migrated.url)
  await client.connect()
  for (const role of ['opsgraph_app', 'opsgraph_system'])
    await client.query(`SET ROLE ${role}; INSERT INTO later (note) VALUES ('by ${role}'); RESET ROLE`)
  await client.query('SET ROLE opsgraph_system')
  const { rows } = await client.query('SELECT id, note FROM later ORDER BY id')
  await client.end()
  expect(rows).toEqual([
    { id: 1, note: 'by opsgraph_app' },
    { id: 2, note: 'by opsgraph_system' },
  ])
  await migrated.drop()
})

test('the two roles of the database stand under row-level security', async () => {
  await write('20260101000000_first', 'SELECT 1')
  await migrate(database.url, { folder })
  const roles =
    "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname ~ '^opsgraph_(app|system)$'"
  expect(await query(`${roles} ORDER BY 1`)).toEqual(
    ['opsgraph_app', 'opsgraph_system'].map((rolname) => ({
      rolname,
      rolsuper: false,
      rolbypassrls: false,
      rolcanlogin: false,
    })),
  )
  expect(await query("SELECT set_config('role', 'opsgraph_app', true) AS role")).toEqual([{ role: 'opsgraph_app' }])
})
