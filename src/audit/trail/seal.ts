import type { PoolClient, QueryResultRow } from 'pg'
import { GatheredRows } from '../../db/gathered-rows.ts'
import { asSystem, type TenantPool } from '../../db/tenant.ts'
import { BEGINNING, sealOf } from './chain.ts'
import { ALONE, HEAD, NEXT, SEAL, WAITING } from './seal.sql.ts'

/** Few enough that neither this process nor the database is kept from requests while they are sealed. */
const BATCH = 100

type Row = { id: string; canonical: string }
/** It was taken away while it waited: for that it goes on waiting, and is found by whoever proves the trail. */
type Gone = { id: string; canonical: null }
type Head = { position: number; hash: string }
type Seal = { id: bigint; position: number; previous: Uint8Array; hash: Uint8Array }

const SHAPE = [
  ['id', 'bigint'],
  ['position', 'int'],
  ['previous', 'bytea'],
  ['hash', 'bytea'],
] as const

const isThere = (row: Row | Gone): row is Row => row.canonical !== null

function chained(rows: readonly Row[], { position, hash: last }: Head): GatheredRows<Seal> {
  const seals = new GatheredRows<Seal>(SHAPE)
  let previous = last
  for (const [at, { id, canonical }] of rows.entries()) {
    const hash = sealOf(previous, canonical)
    seals.add({
      id: BigInt(id),
      position: position + at + 1,
      previous: Buffer.from(previous, 'hex'),
      hash: Buffer.from(hash, 'hex'),
    })
    previous = hash
  }
  return seals
}

type Statement = { name: string; text: string }

async function ask<R extends QueryResultRow>(
  client: PoolClient,
  statement: Statement,
  values: unknown[],
): Promise<R[]> {
  const { rows } = await client.query<R>({ ...statement, values })
  return rows
}

type Batch = { organizationId: number; after: string; size: number }
type Sealed = { sealed: number; looked: number; last: string }

async function sealNext(client: PoolClient, { organizationId, after, size }: Batch): Promise<Sealed> {
  await client.query(ALONE)
  const [head = { position: 0, hash: BEGINNING }] = await ask<Head>(client, HEAD, [organizationId])
  const waiting = await ask<Row | Gone>(client, WAITING, [organizationId, after, size])
  const seals = chained(waiting.filter(isThere), head)
  if (seals.length > 0) await ask(client, SEAL, [organizationId, ...seals.arrays()])
  return { sealed: seals.length, looked: waiting.length, last: waiting.at(-1)?.id ?? after }
}

/** One transaction: after a crash a batch is sealed as a whole or waits as a whole. */
async function sealBatch(pool: TenantPool, batch: Batch): Promise<Sealed> {
  const client = await asSystem(() => pool.connect())
  let broken: Error | undefined
  try {
    await client.query('BEGIN')
    const sealed = await sealNext(client, batch)
    await client.query('COMMIT')
    return sealed
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}

type Options = { batch?: number; signal?: AbortSignal }

async function sealAllOf(
  pool: TenantPool,
  organizationId: number,
  { batch: size = BATCH, signal }: Options,
): Promise<number> {
  let all = 0
  for (let after = '0', looked = size; looked === size && !signal?.aborted; ) {
    const done = await sealBatch(pool, { organizationId, after, size })
    all += done.sealed
    ;({ looked, last: after } = done)
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
