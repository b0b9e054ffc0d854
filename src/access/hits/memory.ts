import { BoundedMap } from '../bounded-map.ts'
import { monotonicMicroseconds } from '../buckets/memory.ts'
import { type Hit, type HitLimit, type HitStore, hit } from './hit.ts'

type Kept = { times: number[]; until: number }

/** Hits of one process. */
export function memoryHits({ now = monotonicMicroseconds, maximum = 100_000 } = {}): HitStore {
  const kept = new BoundedMap<Kept>(maximum)
  return {
    record(key, { max, windowSeconds }: HitLimit): Hit {
      const at = now()
      const window = windowSeconds * 1_000_000
      const times = (kept.get(key)?.times ?? []).filter((time) => time > at - window)
      const allowed = times.length < max
      if (allowed) times.push(at)
      kept.set(key, { times, until: at + window }, ({ until }) => until <= at)
      return hit(allowed, times.length, allowed ? 0 : times[times.length - max]! + window - at)
    },
  }
}
