import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RUNS, SEED } from '../../test/fuzz/hostile.ts'
import { guarded, unguarded } from './formulas.ts'

const hostile = fc
  .array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', ' ', 'a', '1', '"', ',', '🚚'), { maxLength: 6 })
  .map((parts) => parts.join(''))

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\n=x'])('%j is not a formula any more', (text) => {
  expect(guarded(text)).toBe(`'${text}`)
})

it.each(['a=1', '1', ' =1', "it's", "'tis"])('%j stays as it is', (text) => {
  expect(guarded(text)).toBe(text)
})

it('a text comes back as it was, and never empty', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(guarded(text)).not.toMatch(/^([=+\-@\t\r\n]|$)/)
      expect(unguarded(guarded(text))).toBe(text)
    }),
    { seed: SEED, numRuns: 2000 * RUNS },
  )
})
