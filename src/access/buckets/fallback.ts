import { createFallback, type FallbackOptions } from '../fallback.ts'
import type { BucketStore } from './bucket.ts'

/** While the shared store is gone, every process fills its own buckets: at most N × capacity. */
export function bucketsWithFallback(
  shared: BucketStore,
  local: BucketStore,
  options: Omit<FallbackOptions, 'name'>,
): BucketStore {
  const either = createFallback({ name: 'the shared bucket store', ...options })
  return {
    take: (key, spec, tokens) =>
      either(
        () => shared.take(key, spec, tokens),
        () => local.take(key, spec, tokens),
      ),
    async close() {
      await shared.close()
      await local.close()
    },
  }
}
