import type { Redis } from 'ioredis'
import { luaScript } from '../redis.ts'
import { type BucketStore, charge, taken } from './bucket.ts'

/** Whole microseconds of the server's clock: sums of fractions would drift until one request too many fits. */
const TAKE = `
local clock = redis.call('TIME')
local at = clock[1] * 1000000 + clock[2]
local cost, span = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = tonumber(redis.call('GET', KEYS[1]) or at)
full_at = math.min(math.max(full_at, at), at + span)
if full_at + cost - at > span then
  return {0, full_at - at}
end
full_at = full_at + cost
if full_at > at then
  local lifetime = math.ceil((full_at - at) / 1000)
  redis.call('SET', KEYS[1], full_at, 'PX', lifetime)
else
  redis.call('DEL', KEYS[1])
end
return {1, full_at - at}`

/** Buckets shared by every process on one Redis; the client stays its owner's. */
export function redisBuckets(redis: Redis, prefix = 'opsgraph:bucket:'): BucketStore {
  const script = luaScript(redis, TAKE)
  return {
    async take(key, spec, tokens) {
      const price = charge(spec, tokens)
      const [allowed, ahead] = (await script([prefix + key], [price.cost, price.span])) as [number, number]
      return taken(spec, price, allowed === 1, Math.max(0, ahead))
    },
    close: async () => {},
  }
}
