import { once } from 'node:events'
import type { SystemQuery } from '../db/tenant.ts'
import type { BucketStore } from './buckets/bucket.ts'
import { bucketsWithFallback } from './buckets/fallback.ts'
import { memoryBuckets } from './buckets/memory.ts'
import { postgresBuckets } from './buckets/postgres.ts'
import { hitsWithFallback } from './hits/fallback.ts'
import type { HitStore } from './hits/hit.ts'
import { memoryHits } from './hits/memory.ts'
import { postgresHits } from './hits/postgres.ts'

export type Limits = {
  buckets: BucketStore
  hits: HitStore
  /** Forgets what no longer limits anybody. */
  prune(): Promise<void>
  close(): Promise<void>
}

type Options = {
  query: SystemQuery
  log(message: string, cause?: unknown): void
  redisUrl?: string | undefined
  /** No other process serves the same keys. */
  alone: boolean
}

/** Where buckets and hits are counted: Redis where it is named, else this process when it is alone, else PostgreSQL. */
export async function createLimits({ query, log, redisUrl, alone }: Options): Promise<Limits> {
  if (redisUrl) return inRedis(redisUrl, query, log)
  return alone ? inMemory() : inPostgres(query)
}

const nothing = async () => {}

const inMemory = (): Limits => ({ buckets: memoryBuckets(), hits: memoryHits(), prune: nothing, close: nothing })

function inPostgres(query: SystemQuery): Limits {
  const buckets = postgresBuckets(query)
  const hits = postgresHits(query)
  return { buckets, hits, prune: async () => void (await Promise.all([buckets.prune(), hits.prune()])), close: nothing }
}

/** Milliseconds for Redis to be there at the start, before the fallback takes over. */
const PATIENCE = 1000

/** Loaded only where there is a Redis: its client is large. */
const redisStores = async () => ({
  ...(await import('./redis.ts')),
  ...(await import('./buckets/redis.ts')),
  ...(await import('./hits/redis.ts')),
})

async function inRedis(url: string, query: SystemQuery, log: Options['log']): Promise<Limits> {
  const { connectRedis, redisBuckets, redisHits } = await redisStores()
  const redis = connectRedis(url, log)
  await once(redis, 'ready', { signal: AbortSignal.timeout(PATIENCE) }).catch(() => {})
  const kept = postgresHits(query)
  return {
    buckets: bucketsWithFallback(redisBuckets(redis), memoryBuckets(), { log }),
    hits: hitsWithFallback(redisHits(redis), kept, { log }),
    prune: async () => void (await kept.prune()),
    close: async () => redis.disconnect(),
  }
}
