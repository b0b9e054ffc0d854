import type { AppError } from '../core/errors.ts'
import type { BucketSpec, Taken } from './buckets/bucket.ts'

type Headers = Record<string, string>

const policies = new WeakMap<BucketSpec, string>()

function policyOf(spec: BucketSpec): string {
  const known = policies.get(spec)
  if (known !== undefined) return known
  const { capacity, refillPerSecond } = spec
  const policy = `"default";q=${capacity};w=${Math.ceil(capacity / refillPerSecond)}`
  policies.set(spec, policy)
  return policy
}

/** What every answer says about the bucket it was paid from; `RateLimit` fields as in the IETF draft, version 10. */
export function rateLimitHeaders(spec: BucketSpec, taken: Taken): Headers {
  const headers: Headers = {
    'X-RateLimit-Limit': String(taken.limit),
    'X-RateLimit-Remaining': String(taken.remaining),
    'RateLimit-Policy': policyOf(spec),
    RateLimit: `"default";r=${taken.remaining};t=${taken.reset}`,
  }
  if (!taken.allowed) headers['Retry-After'] = String(taken.retryAfter)
  return headers
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
