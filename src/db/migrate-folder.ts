import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { MigrationList } from '@prisma/schema-engine-wasm'

export type Migration = { name: string; sql: string; checksum: string }

const PRISMA = resolve(import.meta.dirname, '../../prisma')
export const MIGRATIONS = join(PRISMA, 'migrations')

async function readMigration(folder: string, name: string): Promise<Migration> {
  const sql = await readFile(join(folder, name, 'migration.sql'), 'utf8')
  return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
}

/** Oldest first: the names begin with their time. */
export async function readMigrations(folder = MIGRATIONS): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return Promise.all(names.sort().map((name) => readMigration(folder, name)))
}

export async function readSchema(): Promise<{ path: string; content: string }[]> {
  const names = (await readdir(PRISMA)).filter((name) => name.endsWith('.prisma'))
  return Promise.all(names.sort().map(async (path) => ({ path, content: await readFile(join(PRISMA, path), 'utf8') })))
}

export const migrationList = (migrations: readonly Migration[]): MigrationList => ({
  baseDir: MIGRATIONS,
  lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
  shadowDbInitScript: '',
  migrationDirectories: migrations.map(({ name, sql }) => ({
    path: name,
    migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
  })),
})
