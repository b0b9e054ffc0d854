import { randomBytes } from 'node:crypto'
import { monotonicMicroseconds } from '../../src/access/buckets/memory.ts'
import type { HitStore } from '../../src/access/hits/hit.ts'
import { memoryHits } from '../../src/access/hits/memory.ts'
import { postgresHits } from '../../src/access/hits/postgres.ts'
import { redisHits } from '../../src/access/hits/redis.ts'
import { connectRedis } from '../../src/access/redis.ts'
import { type AccessDatabase, accessDatabase } from './access-database.ts'

export type HitHarness = {
  name: string
  /** Why this one cannot be tried here. */
  absent?: string
  open(): Promise<HitStore>
  /** Lets seconds pass for every hit recorded so far. */
  advance(seconds: number): Promise<void>
  close(): Promise<void>
}

function memory(): HitHarness {
  let ahead = 0
  return {
    name: 'memory',
    open: async () => memoryHits({ now: () => monotonicMicroseconds() + ahead }),
    advance: async (seconds) => {
      ahead += seconds * 1_000_000
    },
    close: async () => {},
  }
}

const EARLIER = `for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local times = redis.call('LRANGE', key, 0, -1)
  for i, time in ipairs(times) do
    redis.call('LSET', key, i - 1, string.format('%.0f', time - ARGV[2] * 1000000))
  end
end`

function redis(url: string | undefined): HitHarness {
  const prefix = `opsgraph:test:${randomBytes(6).toString('hex')}:`
  let client: ReturnType<typeof connectRedis>
  return {
    name: 'Redis',
    ...(!url && { absent: 'TEST_REDIS_URL is not set' }),
    async open() {
      client = connectRedis(url!, () => {})
      await new Promise((resolve) => client.once('ready', resolve))
      return redisHits(client, prefix)
    },
    advance: async (seconds) => void (await client.eval(EARLIER, 0, prefix, seconds)),
    async close() {
      const keys = await client.keys(`${prefix}*`)
      if (keys.length > 0) await client.del(keys)
      client.disconnect()
    },
  }
}

const AGE = 'UPDATE field_hit SET hits = ARRAY(SELECT hit - $1 * 1000000 FROM unnest(hits) hit)'

function postgres(): HitHarness {
  let database: AccessDatabase
  return {
    name: 'PostgreSQL',
    async open() {
      database = await accessDatabase()
      return postgresHits(database.query)
    },
    advance: async (seconds) => void (await database.query(AGE, [seconds])),
    close: () => database.drop(),
  }
}

export const hitHarnesses: HitHarness[] = [memory(), redis(process.env.TEST_REDIS_URL), postgres()]
