import type { Envelope } from '../core/envelope.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { rowsUnder, SEALED_TABLES, usedKeys } from './rewrap.sql.ts'

export type UnknownKey = { keyId: string; rows: number }

type Vault = { query: SystemQuery; envelope: Envelope }

/** Master keys that rows of any organization are encrypted by, and that this process was not given. */
export async function unknownKeys({ query, envelope }: Vault): Promise<UnknownKey[]> {
  const rows = new Map<string, number>()
  for (const table of SEALED_TABLES)
    for (const { key } of await query<{ key: string }>(usedKeys(table), [])) {
      if (envelope.knows(key)) continue
      const [counted] = await query<{ rows: number }>(rowsUnder(table), [key])
      rows.set(key, (rows.get(key) ?? 0) + counted!.rows)
    }
  return [...rows].map(([keyId, count]) => ({ keyId, rows: count }))
}

/** What to do about it, for whoever starts the server. */
export const missingKey = ({ keyId, rows }: UnknownKey, present: string): string =>
  `${rows} ${rows === 1 ? 'row with secrets is' : 'rows with secrets are'} encrypted by the master key ${keyId}, which this process was not given: nobody can see ` +
  `or use them. Start it with that key as OPSGRAPH_MASTER_KEY; or, to keep the present key (${present}), with that one as ` +
  'OPSGRAPH_PREVIOUS_MASTER_KEY, and run: opsgraph vault rewrap.'
