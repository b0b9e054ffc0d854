import { expect, it } from 'vitest'
import { AppError } from '../core/errors.ts'
import { memoryBuckets } from './buckets/memory.ts'
import { errorHeaders, rateLimitHeaders } from './headers.ts'

const SPEC = { capacity: 100, refillPerSecond: 1 }

it('an answer says what is left in its bucket', () => {
  const buckets = memoryBuckets({ now: () => 0 })
  expect(rateLimitHeaders(SPEC, buckets.take('k', SPEC, 1))).toEqual({
    'X-RateLimit-Limit': '100',
    'X-RateLimit-Remaining': '99',
    'RateLimit-Policy': '"default";q=100;w=100',
    RateLimit: '"default";r=99;t=1',
  })
})

it('a refusal says how long to wait', () => {
  const buckets = memoryBuckets({ now: () => 0 })
  const slow = { capacity: 2, refillPerSecond: 0.1 }
  buckets.take('k', slow, 2)
  expect(rateLimitHeaders(slow, buckets.take('k', slow, 1))).toMatchObject({
    'X-RateLimit-Remaining': '0',
    'RateLimit-Policy': '"default";q=2;w=20',
    RateLimit: '"default";r=0;t=20',
    'Retry-After': '10',
  })
})

it.each([
  [new AppError('UNAUTHENTICATED', '.'), { 'WWW-Authenticate': 'Bearer' }],
  [new AppError('INVALID_TOKEN', '.'), { 'WWW-Authenticate': 'Bearer error="invalid_token"' }],
  [
    new AppError('FORBIDDEN', '.', { need: 'leads:read' }),
    { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="leads:read"' },
  ],
  [new AppError('FORBIDDEN', '.'), { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' }],
  [new AppError('RATE_LIMITED', '.', { retryAfter: 7 }), { 'Retry-After': '7' }],
  [new AppError('METHOD_NOT_ALLOWED', '.', { allow: ['GET', 'HEAD'] }), { Allow: 'GET, HEAD' }],
  [new AppError('NOT_FOUND', '.'), {}],
])('%# a refusal names its remedy', (error, headers) => {
  expect(errorHeaders(error)).toEqual(headers)
})
