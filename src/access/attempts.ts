import { AppError } from '../core/errors.ts'
import { attemptOrigin } from './address.ts'
import type { BucketSpec, BucketStore, Taken } from './buckets/bucket.ts'

export const ATTEMPTS: BucketSpec = { capacity: 60, refillPerSecond: 1 }

export type Attempts = {
  /** Counts an attempt before it is looked into; RATE_LIMITED once the address has used its own up. */
  begin(address: string): Promise<Taken>
  /** The attempt was no failure: it does not count. Not waited for: at worst one attempt is lost. */
  forgive(address: string): void
  /** How many are left, for the headers of an answer nobody was identified for. */
  peek(address: string): Promise<Taken>
}

/** Counted beforehand and given back on success, so that many attempts at once cannot all slip through. */
export function createAttempts(store: BucketStore, spec: BucketSpec = ATTEMPTS): Attempts {
  const take = async (address: string, tokens: number) => store.take(`attempts:${attemptOrigin(address)}`, spec, tokens)
  return {
    async begin(address) {
      const taken = await take(address, 1)
      if (taken.allowed) return taken
      throw new AppError('RATE_LIMITED', 'Too many failed attempts from this address.', {
        retryAfter: taken.retryAfter,
      })
    },
    forgive: (address) => void take(address, -1).catch(() => {}),
    peek: (address) => take(address, 0),
  }
}
