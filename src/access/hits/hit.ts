export type HitLimit = { max: number; windowSeconds: number }

export type Hit = {
  /** Hits that counted within the window before this one. */
  earlier: number
  /** Whole seconds after which a hit counts again; 0 when this one did. */
  retryAfter: number
}

export type HitStore = {
  /** Records a hit and reads those before it, in one step; one beyond the maximum is not recorded. */
  record(key: string, limit: HitLimit): Hit | Promise<Hit>
}

/** `wait`: microseconds until the oldest hit that stands in the way leaves the window. */
export const hit = (allowed: boolean, counted: number, wait: number): Hit => ({
  earlier: allowed ? counted - 1 : counted,
  retryAfter: allowed ? 0 : Math.max(1, Math.ceil(wait / 1_000_000)),
})
