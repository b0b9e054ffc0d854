import type { ClientBase } from 'pg'
import type { Migration } from './migrate-folder.ts'

type Row = { name: string; checksum: string; finished: boolean }

/** What the database's history says about the migrations in the folder. */
export type History = {
  pending: Migration[]
  /** Begun, never finished: its process died. Its script ran in one transaction, so nothing of it was kept. */
  interrupted: string[]
}

const READ = `
  SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
  FROM _prisma_migrations WHERE rolled_back_at IS NULL`

async function readRows(client: ClientBase): Promise<Row[]> {
  try {
    const { rows } = await client.query<Row>(READ)
    return rows
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return []
    throw error
  }
}

function assertUnedited({ name, checksum }: Migration, row: Row): void {
  if (row.checksum === checksum) return
  throw new Error(
    `The migration ${name} was edited after it had been applied: restore its text and write the change as a new migration.`,
  )
}

/** Migrations that only the database knows belong to a newer process beside this one, and are left alone. */
export async function readHistory(client: ClientBase, migrations: readonly Migration[]): Promise<History> {
  const rows = await readRows(client)
  const finished = new Map(rows.filter((row) => row.finished).map((row) => [row.name, row]))
  const pending = migrations.filter((migration) => {
    const row = finished.get(migration.name)
    if (row) assertUnedited(migration, row)
    return !row
  })
  return { pending, interrupted: rows.filter((row) => !row.finished).map(({ name }) => name) }
}
