const SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** A terminal tells every process of a group, and a parent its child again: that is one wish, not two. */
const ONE_WISH_MS = 1000
const INTERRUPTED = 130

/** Work that ends well when it is interrupted, and at once when it is interrupted again. */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const wish = new AbortController()
  let since = 0
  const hear = () => {
    const now = performance.now()
    if (wish.signal.aborted && now - since > ONE_WISH_MS) process.exit(INTERRUPTED)
    if (!wish.signal.aborted) since = now
    wish.abort()
  }
  for (const signal of SIGNALS) process.on(signal, hear)
  try {
    return await work(wish.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, hear)
  }
}
