import { expect, it } from 'vitest'
import { publicError } from './public-error.ts'

const failed = (fields: object) => Object.assign(new Error('Raw query failed.'), fields)
const adapter = (kind: string) => ({
  code: 'P2010',
  meta: { driverAdapterError: { name: 'DriverAdapterError', cause: { kind } } },
})

it.each([
  ['the library lost its connection', failed(adapter('ConnectionClosed'))],
  ['the library found nobody', failed(adapter('DatabaseNotReachable'))],
  ['the driver lost its connection', new Error('Connection terminated unexpectedly')],
  ['the server shut down', failed({ code: '57P01' })],
  ['it is the cause of something else', new Error('outside', { cause: failed({ code: 'ECONNRESET' }) })],
])('that the database is away is told where %s', (_how, error) => {
  expect(publicError(error)).toMatchObject({ code: 'UNAVAILABLE', status: 503, details: { retryAfter: 2 } })
})

it('what is our own mistake says nothing of itself', () => {
  for (const error of [failed(adapter('ColumnNotFound')), failed({ code: '42703' }), 'a word', undefined])
    expect(publicError(error)).toMatchObject({ code: 'INTERNAL_ERROR', message: 'Something went wrong on our side.' })
})
