import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Envelope, masterKey } from './envelope.ts'

const newKey = () => masterKey(randomBytes(32).toString('base64'))
const [old, current] = [newKey(), newKey()]
const sealer = new Envelope(current).sealer('letters')
const plain = Buffer.from('a value that is handed out')

describe('what is sealed', () => {
  it('is opened again, also by another process with the same master key', () => {
    expect(sealer.open(sealer.seal(plain))).toEqual(plain)
    expect(new Envelope(current).sealer('letters').open(sealer.seal(plain))).toEqual(plain)
  })

  it('never looks the same twice, and fits into a cookie', () => {
    const [one, other] = [sealer.seal(plain), sealer.seal(plain)]
    expect(one).not.toBe(other)
    expect(one).toMatch(/^[\w-]+$/)
    expect(Buffer.from(one, 'base64url').includes('handed out')).toBe(false)
  })

  it('is not opened for another purpose, nor with another master key', () => {
    expect(new Envelope(current).sealer('parcels').open(sealer.seal(plain))).toBeUndefined()
    expect(new Envelope(newKey()).sealer('letters').open(sealer.seal(plain))).toBeUndefined()
  })

  it('is opened after the master key was rotated, for as long as the old one is named', () => {
    const sealed = new Envelope(old).sealer('letters').seal(plain)
    expect(new Envelope(current, [old]).sealer('letters').open(sealed)).toEqual(plain)
    expect(new Envelope(current).sealer('letters').open(sealed)).toBeUndefined()
  })

  it('is not opened once a bit of it has changed', () => {
    const sealed = Buffer.from(sealer.seal(plain), 'base64url')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 1
      expect(sealer.open(changed.toString('base64url'))).toBeUndefined()
    }
  })

  it.each(['', 'x', '%%%', 'A'.repeat(5000)])('and nothing else, like %.10j, is', (text) => {
    expect(sealer.open(text)).toBeUndefined()
  })
})
