import { AppError } from '../../core/errors.ts'
import { createFallback, type FallbackOptions } from '../fallback.ts'
import type { HitStore } from './hit.ts'

/** Sensitive fields are counted by the second store while the first is gone, and refused when both are. */
export function hitsWithFallback(first: HitStore, second: HitStore, options: Omit<FallbackOptions, 'name'>): HitStore {
  const either = createFallback({ name: 'the shared hit store', ...options })
  return {
    async record(key, limit) {
      try {
        return await either(
          () => first.record(key, limit),
          () => second.record(key, limit),
        )
      } catch (cause) {
        const details = { retryAfter: 1 }
        throw new AppError('UNAVAILABLE', 'This cannot be done safely right now.', details, { cause })
      }
    },
  }
}
