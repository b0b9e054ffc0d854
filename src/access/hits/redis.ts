import type { Redis } from 'ioredis'
import { luaScript } from '../redis.ts'
import { type HitStore, hit } from './hit.ts'

const RECORD = `
local clock = redis.call('TIME')
local at = clock[1] * 1000000 + clock[2]
local window, max = tonumber(ARGV[1]), tonumber(ARGV[2])
while tonumber(redis.call('LINDEX', KEYS[1], 0) or at) <= at - window do
  redis.call('LPOP', KEYS[1])
end
local counted = redis.call('LLEN', KEYS[1])
if counted >= max then
  return {0, counted, redis.call('LINDEX', KEYS[1], counted - max) + window - at}
end
redis.call('RPUSH', KEYS[1], at)
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return {1, counted + 1, 0}`

/** Hits counted by every process on one Redis. */
export function redisHits(redis: Redis, prefix = 'opsgraph:hits:'): HitStore {
  const script = luaScript(redis, RECORD)
  return {
    async record(key, { max, windowSeconds }) {
      const answer = await script([prefix + key], [windowSeconds * 1_000_000, max])
      const [allowed, counted, wait] = answer as [number, number, number]
      return hit(allowed === 1, counted, wait)
    },
  }
}
