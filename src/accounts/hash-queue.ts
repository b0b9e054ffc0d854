import { AppError } from '../core/errors.ts'

type Bounds = { atOnce: number; waiting: number }

/** So much work at a time, and so much that waits for it; what comes on top is refused at once. */
export function boundedQueue({ atOnce, waiting }: Bounds) {
  const queue: (() => void)[] = []
  let running = 0

  const begin = async (): Promise<void> => {
    if (running < atOnce) {
      running += 1
      return
    }
    if (queue.length >= waiting)
      throw new AppError('UNAVAILABLE', 'Too many people are signing in at this moment; try again.', { retryAfter: 1 })
    await new Promise<void>((resolve) => queue.push(resolve))
  }

  /** Whoever waits longest takes the place over. */
  const end = (): void => {
    const next = queue.shift()
    if (next) next()
    else running -= 1
  }

  return async <T>(work: () => Promise<T>): Promise<T> => {
    await begin()
    try {
      return await work()
    } finally {
      end()
    }
  }
}

/** Hashing a password takes memory and a thread: a burst of log-ins must leave some for everybody else. */
export const hashing = boundedQueue({ atOnce: 2, waiting: 200 })

/** So is looking an account up, which comes before: two hundred at once would have the database to themselves. */
export const proving = boundedQueue({ atOnce: 4, waiting: 200 })
