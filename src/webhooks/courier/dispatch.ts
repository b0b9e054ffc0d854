import { CATALOGUE } from '../../core/events/catalogue.ts'
import { asSystem, type TenantPool } from '../../db/tenant.ts'
import { ALONE, DISPATCH } from './dispatch.sql.ts'

const BATCH = 500
const TYPES = [...CATALOGUE.keys()]
const PERMISSIONS = [...CATALOGUE.values()].map(({ permission }) => permission)

export type Dispatched = { events: number; deliveries: number }

/** One transaction: whatever of it was not committed was never done. */
async function dispatchBatch(pool: TenantPool, now: Date, batch: number): Promise<Dispatched> {
  const text = { name: 'dispatch', text: DISPATCH, values: [batch, TYPES, PERMISSIONS, now] }
  const [, result] = await asSystem(() => pool.pipeline([ALONE, text]))
  return result!.rows[0] as Dispatched
}

/** Tells every event that waits to whoever asks for it; says how many there were. */
export async function dispatchEvents(
  { pool, now }: { pool: TenantPool; now: Date },
  { batch = BATCH, signal }: { batch?: number; signal?: AbortSignal } = {},
): Promise<Dispatched> {
  const all = { events: 0, deliveries: 0 }
  for (;;) {
    const { events, deliveries } = await dispatchBatch(pool, now, batch)
    all.events += events
    all.deliveries += deliveries
    if (events < batch || signal?.aborted) return all
  }
}
