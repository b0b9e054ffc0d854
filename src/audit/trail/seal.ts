import { setTimeout as pause } from 'node:timers/promises'
import { asSystem, type TenantPool } from '../../db/tenant.ts'
import { BEGINNING } from './chain.ts'
import { ALONE, NEXT, SEAL } from './seal.sql.ts'

/** Few enough that the database is not kept from requests while they are sealed. */
const BATCH = 100

type Batch = { organizationId: number; after: string; size: number }
type Sealed = { sealed: number; looked: number; last: string | null }

/** One transaction: after a crash a batch is sealed as a whole or waits as a whole. */
async function sealBatch(pool: TenantPool, { organizationId, after, size }: Batch): Promise<Sealed> {
  const seal = { ...SEAL, values: [organizationId, after, size, BEGINNING] }
  const [, result] = await asSystem(() => pool.pipeline([ALONE, seal]))
  return result!.rows[0] as Sealed
}

type Options = {
  batch?: number
  signal?: AbortSignal
  /** For how many milliseconds the database is left to others after a batch that took so many. */
  rest?: (took: number) => number
}

/** Until then, or until it is told to stop. */
const rested = (milliseconds: number, signal: AbortSignal | undefined) =>
  pause(milliseconds, undefined, signal && { signal }).catch(() => {})

async function sealAllOf(
  pool: TenantPool,
  organizationId: number,
  { batch: size = BATCH, signal, rest }: Options,
): Promise<number> {
  let all = 0
  for (let after: string | null = '0'; after !== null && !signal?.aborted; ) {
    const begun = performance.now()
    const { sealed, looked, last }: Sealed = await sealBatch(pool, { organizationId, after, size })
    all += sealed
    after = looked === size ? last : null
    if (rest) await rested(rest(performance.now() - begun), signal)
  }
  return all
}

/** Seals every audit row that waits, one organization after the other; says how many there were. */
export async function sealAudit(pool: TenantPool, options: Options = {}): Promise<number> {
  let sealed = 0
  for (let organizationId = 0; !options.signal?.aborted; ) {
    const { rows } = await asSystem(() => pool.query({ ...NEXT, values: [organizationId] }))
    if (rows.length === 0) break
    organizationId = rows[0].id
    sealed += await sealAllOf(pool, organizationId, options)
  }
  return sealed
}
