import type { AppError } from '../core/errors.ts'
import type { BucketSpec, Taken } from './buckets/bucket.ts'

type Headers = Record<string, string>

/** What every answer says about the bucket it was paid from; `RateLimit` fields as in the IETF draft, version 10. */
export function rateLimitHeaders({ capacity, refillPerSecond }: BucketSpec, taken: Taken): Headers {
  const window = Math.ceil(capacity / refillPerSecond)
  return {
    'X-RateLimit-Limit': String(taken.limit),
    'X-RateLimit-Remaining': String(taken.remaining),
    'RateLimit-Policy': `"default";q=${capacity};w=${window}`,
    RateLimit: `"default";r=${taken.remaining};t=${taken.reset}`,
    ...(!taken.allowed && { 'Retry-After': String(taken.retryAfter) }),
  }
}

const CHALLENGES: Partial<Record<AppError['code'], (error: AppError) => string>> = {
  UNAUTHENTICATED: () => 'Bearer',
  INVALID_TOKEN: () => 'Bearer error="invalid_token"',
  FORBIDDEN: ({ details: { need } }) => `Bearer error="insufficient_scope"${need ? `, scope="${need}"` : ''}`,
}

/** What a refusal says beside its body: the challenge, the time to wait, the methods that do answer. */
export function errorHeaders(error: AppError): Headers {
  const challenge = CHALLENGES[error.code]?.(error)
  const { retryAfter, allow } = error.details
  return {
    ...(challenge && { 'WWW-Authenticate': challenge }),
    ...(retryAfter !== undefined && { 'Retry-After': String(retryAfter) }),
    ...(allow && { Allow: allow.join(', ') }),
  }
}
