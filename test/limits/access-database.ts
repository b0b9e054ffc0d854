import { type SystemQuery, systemQuery, TenantPool } from '../../src/db/tenant.ts'
import { testDatabase } from '../kit/database.ts'

export type AccessDatabase = { url: string; query: SystemQuery; drop(): Promise<void> }

/** A migrated database of its own, spoken to in the system's role. */
export async function accessDatabase(): Promise<AccessDatabase> {
  const database = await testDatabase()
  const pool = new TenantPool({ connectionString: database.url, max: 10 })
  // A pool has ended before its connections are closed, and dropping the database cuts those.
  pool.on('error', () => {})
  return {
    url: database.url,
    query: systemQuery(pool),
    async drop() {
      await pool.end()
      await database.drop()
    },
  }
}
