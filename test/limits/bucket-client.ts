/** A client that asks for tokens at a given pace, from a process of its own. Speaks JSON with its parent. */

import type { BucketStore } from '../../src/access/buckets/bucket.ts'
import { postgresBuckets } from '../../src/access/buckets/postgres.ts'
import { redisBuckets } from '../../src/access/buckets/redis.ts'
import { connectRedis } from '../../src/access/redis.ts'
import { systemQuery, TenantPool } from '../../src/db/tenant.ts'
import { type Load, overload } from './overload.ts'

type Order = Load & { kind: 'redis' | 'postgres'; url: string; prefix: string }

async function withStore(order: Order, use: (store: BucketStore) => Promise<void>) {
  if (order.kind === 'redis') {
    const redis = connectRedis(order.url, () => {})
    await new Promise((resolve) => redis.once('ready', resolve))
    await use(redisBuckets(redis, order.prefix))
    redis.disconnect()
  } else {
    const pool = new TenantPool({ connectionString: order.url, max: 4 })
    await use(postgresBuckets(systemQuery(pool)))
    await pool.end()
  }
}

process.once('message', async (order: Order) => {
  await withStore(order, async (store) => {
    await store.take('warm-up', order.spec, 1)
    process.send?.('ready')
    await new Promise((resolve) => process.once('message', resolve))
    process.send?.(await overload(store, order))
  })
  process.disconnect()
})
