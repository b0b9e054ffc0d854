export type FallbackOptions = {
  /** What is missed, for the alarm. */
  name: string
  log(message: string, cause?: unknown): void
  /** Milliseconds between two attempts at the first choice while it is gone. */
  retryEvery?: number
  /** Monotonic milliseconds. */
  now?: () => number
}

export type Fallback = <T>(first: () => Promise<T> | T, second: () => Promise<T> | T) => Promise<T>

/** Asks the first choice; once it failed, the second, until an attempt now and then finds the first one back. */
export function createFallback({
  name,
  log,
  retryEvery = 1000,
  now = () => performance.now(),
}: FallbackOptions): Fallback {
  let retryAt: number | undefined
  return async (first, second) => {
    if (retryAt !== undefined && now() < retryAt) return second()
    const returning = retryAt !== undefined
    if (returning) retryAt = now() + retryEvery
    try {
      const answer = await first()
      if (returning) log(`${name} is back`)
      retryAt = undefined
      return answer
    } catch (cause) {
      if (retryAt === undefined) log(`${name} is gone; using the fallback`, cause)
      retryAt = now() + retryEvery
      return second()
    }
  }
}
