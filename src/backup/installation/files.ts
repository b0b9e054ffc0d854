import type pg from 'pg'

export type StoredFile = { organization: number; id: number; key: string; type: string }

const NEXT = `
  SELECT organization_id AS organization, id, storage_key AS key, mime_type AS type FROM public.document
  WHERE (organization_id, id) > ($1, $2) ORDER BY organization_id, id LIMIT 500`

/** Every document that the snapshot knows, however many there are. */
export async function* filesOf(client: pg.ClientBase): AsyncGenerator<StoredFile> {
  let after = { organization: 0, id: 0 }
  for (;;) {
    const { rows } = await client.query<StoredFile>(NEXT, [after.organization, after.id])
    yield* rows
    if (rows.length === 0) return
    after = rows.at(-1)!
  }
}
