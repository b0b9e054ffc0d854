import { vi } from 'vitest'
import type { TenantPool } from '../../src/db/tenant.ts'

/** How many statements some work sends, but for the words by which events are announced a moment after their commit. */
export async function statementsOf(pool: TenantPool, work: () => Promise<unknown>): Promise<number> {
  const sent = vi.spyOn(pool, 'query')
  try {
    await work()
    return sent.mock.calls.filter(([query]) => !JSON.stringify(query).includes('pg_notify')).length
  } finally {
    sent.mockRestore()
  }
}
