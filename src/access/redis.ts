import { hash } from 'node:crypto'
import { Redis } from 'ioredis'

/** A client that gives up at once while Redis is gone, so that the fallback answers instead. It reconnects by itself. */
export function connectRedis(url: string, log: (message: string, cause: unknown) => void): Redis {
  const redis = new Redis(url, {
    commandTimeout: 250,
    connectTimeout: 1000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2000),
  })
  redis.on('error', (cause) => log('redis is unreachable', cause))
  return redis
}

export type Script = (keys: string[], values: (string | number)[]) => Promise<unknown>

/** A Lua script sent by its digest, and whole only when Redis does not know it yet. */
export function luaScript(redis: Redis, source: string): Script {
  const digest = hash('sha1', source)
  return (keys, values) =>
    redis.evalsha(digest, keys.length, ...keys, ...values).catch((cause: unknown) => {
      if (cause instanceof Error && cause.message.startsWith('NOSCRIPT')) {
        return redis.eval(source, keys.length, ...keys, ...values)
      }
      throw cause
    })
}
