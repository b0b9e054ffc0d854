import type { SystemQuery } from '../../db/tenant.ts'

/** How long events are kept, and with them what became of them. */
const KEPT_MS = 30 * 86_400_000
const BATCH = 1000

/** The oldest of an organization, as far as they are old: rows are numbered in the order in which they came. */
const PRUNE = `
  DELETE FROM event e USING (
    SELECT organization_id, id, at FROM event WHERE organization_id = $1 AND position IS NOT NULL ORDER BY id LIMIT $3
  ) old
  WHERE e.organization_id = old.organization_id AND e.id = old.id AND old.at < $2 RETURNING 1`

/** Forgets events that are older than 30 days, their deliveries and attempts; says how many there were. */
export async function pruneEvents(query: SystemQuery, now: Date, batch = BATCH): Promise<number> {
  const before = new Date(now.getTime() - KEPT_MS)
  let pruned = 0
  for (const { id } of await query<{ id: number }>('SELECT id FROM organization ORDER BY id', []))
    for (;;) {
      const { length } = await query(PRUNE, [id, before, batch])
      pruned += length
      if (length < batch) break
    }
  return pruned
}
