import { randomBytes } from 'node:crypto'
import type { BucketStore } from '../../src/access/buckets/bucket.ts'
import { memoryBuckets, monotonicMicroseconds } from '../../src/access/buckets/memory.ts'
import { postgresBuckets } from '../../src/access/buckets/postgres.ts'
import { redisBuckets } from '../../src/access/buckets/redis.ts'
import { connectRedis } from '../../src/access/redis.ts'
import { type AccessDatabase, accessDatabase } from './access-database.ts'

export type Harness = {
  name: string
  /** Why this one cannot be tried here. */
  absent?: string
  /** What a process of its own needs to share the store. */
  readonly remote?: { kind: 'redis' | 'postgres'; url: string; prefix: string }
  open(): Promise<BucketStore>
  /** Lets time pass for one bucket. */
  advance(key: string, seconds: number): Promise<void>
  close(): Promise<void>
}

function memory(): Harness {
  let ahead = 0
  return {
    name: 'memory',
    open: async () => memoryBuckets({ now: () => monotonicMicroseconds() + ahead }),
    advance: async (_key, seconds) => {
      ahead += seconds * 1_000_000
    },
    close: async () => {},
  }
}

const EARLIER = `local at = redis.call('GET', KEYS[1]) - ARGV[1] * 1000000
redis.call('SET', KEYS[1], string.format('%.0f', at), 'KEEPTTL')`

function redis(url: string | undefined): Harness {
  const prefix = `opsgraph:test:${randomBytes(6).toString('hex')}:`
  let client: ReturnType<typeof connectRedis>
  return {
    name: 'Redis',
    ...(url ? { remote: { kind: 'redis', url, prefix } } : { absent: 'TEST_REDIS_URL is not set' }),
    async open() {
      client = connectRedis(url!, () => {})
      await new Promise((resolve) => client.once('ready', resolve))
      return redisBuckets(client, prefix)
    },
    advance: async (key, seconds) => void (await client.eval(EARLIER, 1, prefix + key, seconds)),
    async close() {
      const keys = await client.keys(`${prefix}*`)
      if (keys.length > 0) await client.del(keys)
      client.disconnect()
    },
  }
}

function postgres(): Harness {
  let database: AccessDatabase
  return {
    name: 'PostgreSQL',
    get remote() {
      return { kind: 'postgres' as const, url: database.url, prefix: '' }
    },
    async open() {
      database = await accessDatabase()
      return postgresBuckets(database.query)
    },
    advance: async (key, seconds) =>
      void (await database.query('UPDATE rate_bucket SET full_at = full_at - $2 * 1000000 WHERE key = $1', [
        key,
        seconds,
      ])),
    close: () => database.drop(),
  }
}

export const harnesses: Harness[] = [memory(), redis(process.env.TEST_REDIS_URL), postgres()]
