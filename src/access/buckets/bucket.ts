export type BucketSpec = {
  /** The burst: tokens in a full bucket. */
  capacity: number
  refillPerSecond: number
}

export type Taken = {
  allowed: boolean
  /** The bucket's capacity. */
  limit: number
  /** Whole tokens left. */
  remaining: number
  /** Whole seconds after which the same request succeeds; 0 when it did. */
  retryAfter: number
  /** Whole seconds until the bucket is full again. */
  reset: number
}

export type BucketStore = {
  /** Takes tokens, atomically; 0 looks without taking, a negative number gives back. */
  take(key: string, spec: BucketSpec, tokens: number): Taken | Promise<Taken>
  close(): Promise<void>
}

/** One request in integer microseconds: `cost` of it, within a bucket that holds `span`. */
export type Charge = { token: number; cost: number; span: number }

/**
 * A token lasts a whole number of microseconds, rounded up, so that no sum ever admits one request too many.
 * More tokens than the bucket holds cost the whole bucket: a dear request must be able to succeed.
 */
export function charge({ capacity, refillPerSecond }: BucketSpec, tokens: number): Charge {
  const token = Math.max(1, Math.ceil(1_000_000 / refillPerSecond))
  return { token, cost: Math.min(tokens, capacity) * token, span: capacity * token }
}

/** `ahead`: microseconds until the bucket is full, after the decision. */
export function taken({ capacity }: BucketSpec, { token, cost, span }: Charge, allowed: boolean, ahead: number): Taken {
  return {
    allowed,
    limit: capacity,
    remaining: Math.max(0, Math.min(capacity, Math.floor((span - ahead) / token))),
    retryAfter: allowed ? 0 : Math.max(1, Math.ceil((ahead + cost - span) / 1_000_000)),
    reset: Math.max(0, Math.ceil(ahead / 1_000_000)),
  }
}
