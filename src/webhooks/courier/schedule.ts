const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000]

/** After the first attempt, which is made at once. */
const RETRIES_MS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]
/** So that what failed together does not come back together. */
const JITTER = 0.1

export const MOST_ATTEMPTS = RETRIES_MS.length + 1
export const DISABLED_AFTER_MS = 5 * 24 * HOUR

/** When to try again what has failed so often; undefined where it is given up. */
export function retryAt(now: Date, failures: number, random: () => number = Math.random): Date | undefined {
  const delay = RETRIES_MS[failures - 1]
  return delay === undefined ? undefined : new Date(now.getTime() + Math.round(delay * (1 + JITTER * random())))
}
