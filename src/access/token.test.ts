import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomBase62 } from './base62.ts'
import { KEY_FAMILIES, mintKey, parseToken } from './token.ts'

const SHOWN = {
  dashboard: /^dsk_[0-9A-Za-z]{38}$/,
  devsphere: /^dvs_live_[0-9A-Za-z]{12}\.[0-9A-Za-z]{39}$/,
  clientst0r: /^itdocs_live_[0-9A-Za-z]{40}$/,
}

describe.each(KEY_FAMILIES)('a %s key', (family) => {
  it('has the documented shape and reads back as itself', () => {
    const { key, ...minted } = mintKey(family)
    expect(key).toMatch(SHOWN[family])
    expect(parseToken(key)).toEqual(minted)
    expect(minted.hash).toEqual(createHash('sha256').update(key).digest())
    expect(key.startsWith(minted.prefix)).toBe(true)
  })

  it('shows too little of itself to be guessed', () => {
    const { key, prefix } = mintKey(family)
    expect((key.length - prefix.length - 6) * Math.log2(62)).toBeGreaterThan(160)
  })

  it('is refused when any one character differs', () => {
    const { key } = mintKey(family)
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
        fc.pre(key[at] !== other)
        expect(parseToken(key.slice(0, at) + other + key.slice(at + 1))).toBeUndefined()
      }),
    )
  })
})

it('a DevSphere key carries its public id', () => {
  const { key, publicId } = mintKey('devsphere')
  expect(key.startsWith(`dvs_live_${publicId}.`)).toBe(true)
})

it('text that is no key is refused, whatever it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => parseToken(text) === undefined))
  expect(parseToken(`dsk_${'x'.repeat(1_000_000)}`)).toBeUndefined()
  expect(parseToken(`${mintKey('dashboard').key}\n`)).toBeUndefined()
})

it('random characters favour no digit', () => {
  const counts = new Map<string, number>()
  for (const digit of randomBase62(124_000)) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  expect(counts.size).toBe(62)
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)
  expect(chi2).toBeLessThan(150)
})
