import { BoundedMap } from '../bounded-map.ts'
import { type BucketSpec, type BucketStore, charge, type Taken, taken } from './bucket.ts'

export type MemoryBuckets = Omit<BucketStore, 'take'> & {
  take(key: string, spec: BucketSpec, tokens: number): Taken
  readonly size: number
}

export const monotonicMicroseconds = (): number => Math.floor(performance.now() * 1000)

/** Buckets of one process, synchronous. `fullAt` is when a bucket will be full again; a full one needs no entry. */
export function memoryBuckets({ now = monotonicMicroseconds, maximum = 100_000 } = {}): MemoryBuckets {
  const fullAt = new BoundedMap<number>(maximum)
  return {
    take(key, spec, tokens) {
      const price = charge(spec, tokens)
      const at = now()
      const from = Math.min(Math.max(fullAt.get(key) ?? at, at), at + price.span)
      const allowed = from + price.cost - at <= price.span
      const until = allowed ? from + price.cost : from
      if (tokens !== 0 && allowed) fullAt.set(key, until, (time) => time <= at)
      return taken(spec, price, allowed, Math.max(0, until - at))
    },
    get size() {
      return fullAt.size
    },
    close: async () => {},
  }
}
