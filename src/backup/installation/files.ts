import type pg from 'pg'

export type StoredFile = { organization: number; id: number; key: string; type: string }

const THERE = `SELECT name FROM unnest(ARRAY['document', 'backup_run']) AS t (name) WHERE to_regclass('public.' || name) IS NOT NULL`

/** The rows of a table whose bytes are in the storage. A backup of a project has some when it is made. */
const SOURCES: Record<string, { columns: string; condition: string }> = {
  document: { columns: 'storage_key AS key, mime_type AS type', condition: 'true' },
  backup_run: {
    columns: "storage_key AS key, 'application/octet-stream' AS type",
    condition: "status = 'succeeded'",
  },
}

const sourcesOf = async (client: pg.ClientBase): Promise<string[]> =>
  (await client.query<{ name: string }>(THERE)).rows.map(({ name }) => name)

const next = (table: string): string => `
  SELECT organization_id AS organization, id, ${SOURCES[table]!.columns} FROM public.${table}
  WHERE (organization_id, id) > ($1, $2) AND ${SOURCES[table]!.condition} ORDER BY organization_id, id LIMIT 500`

export async function countFiles(client: pg.ClientBase): Promise<number> {
  let count = 0
  for (const table of await sourcesOf(client)) {
    const { rows } = await client.query(
      `SELECT count(*)::int AS count FROM public.${table} WHERE ${SOURCES[table]!.condition}`,
    )
    count += rows[0].count
  }
  return count
}

async function* filesIn(client: pg.ClientBase, table: string): AsyncGenerator<StoredFile> {
  let after = { organization: 0, id: 0 }
  for (;;) {
    const { rows } = await client.query<StoredFile>(next(table), [after.organization, after.id])
    yield* rows
    if (rows.length === 0) return
    after = rows.at(-1)!
  }
}

/** Every file that the snapshot knows of, however many there are. */
export async function* filesOf(client: pg.ClientBase): AsyncGenerator<StoredFile> {
  for (const table of await sourcesOf(client)) yield* filesIn(client, table)
}
