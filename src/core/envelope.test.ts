import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Envelope, masterKey, type Place, RowKey } from './envelope.ts'
import { keepKey, keptKey } from './kept-key.ts'

const newKey = () => masterKey(randomBytes(32).toString('base64'))
const current = newKey()
const envelope = new Envelope(current)
const place: Place = { organizationId: 1, table: 'password_entry', row: 7 }

const bytes = Uint8Array.from(randomBytes(32))
const sealedBy = (key: typeof bytes) => new RowKey(key, place).seal('password', 'hunter2')

describe('what is sealed', () => {
  it.each(['', 'x', 'пароль 🔑', 'y'.repeat(20_000)])('is opened again where it was sealed', (text) => {
    const { key, stored } = envelope.create(place)
    expect(envelope.open(place, stored).open('password', key.seal('password', text))).toBe(text)
  })

  it('never looks the same twice, and holds nothing of the text', () => {
    const { key } = envelope.create(place)
    const [one, two] = [key.seal('password', 'hunter2hunter2'), key.seal('password', 'hunter2hunter2')]
    expect(Buffer.from(one!).equals(Buffer.from(two!))).toBe(false)
    expect(Buffer.from(one!).includes('hunter2')).toBe(false)
  })

  it.each<[string, Place, string]>([
    ['organization', { ...place, organizationId: 2 }, 'password'],
    ['table', { ...place, table: 'credential' }, 'password'],
    ['row', { ...place, row: 8 }, 'password'],
    ['column', place, 'otp_secret'],
  ])('is not opened under another %s, even by the very same keys', (_what, elsewhere, column) => {
    const { key, stored } = envelope.create(place)
    const secret = key.seal('password', 'hunter2')
    if (elsewhere !== place) expect(() => envelope.open(elsewhere, stored)).toThrow(/cannot be opened/)
    expect(() => new RowKey(bytes, elsewhere).open(column, sealedBy(bytes))).toThrow(/cannot be opened/)
    expect(() => envelope.open(place, stored).open('otp_secret', secret)).toThrow(/cannot be opened/)
  })

  it('is not opened by the key of another row', () => {
    const secret = envelope.create(place).key.seal('password', 'hunter2')
    const other = envelope.create(place)
    expect(() => envelope.open(place, other.stored).open('password', secret)).toThrow(/cannot be opened/)
  })

  it('is not opened when any byte of it has changed', () => {
    const { key } = envelope.create(place)
    const secret = key.seal('password', 'hunter2')
    for (let at = 0; at < secret.length; at += 1) {
      const bent = Uint8Array.from(secret)
      bent[at]! ^= 1
      expect(() => key.open('password', bent)).toThrow(/cannot be opened/)
    }
    for (const short of [0, 1, 28]) expect(() => key.open('password', secret.subarray(0, short))).toThrow()
  })
})

describe('a key for what is too large for a column', () => {
  it('is the same each time, also under another master key, and of its own place, column and row key', () => {
    const { key, stored } = envelope.create(place)
    const own = key.stream('file')
    expect(own).toHaveLength(32)
    expect(envelope.open(place, stored).stream('file')).toEqual(own)
    const rotating = new Envelope(newKey(), [current])
    expect(rotating.open(place, rotating.rewrap(place, stored)).stream('file')).toEqual(own)
    const others = [key.stream('other'), envelope.create(place).key.stream('file')]
    for (const other of others) expect(other).not.toEqual(own)
    expect(() => envelope.open({ ...place, row: place.row + 1 }, stored)).toThrow(/cannot be opened/)
  })
})

describe('a rotated master key', () => {
  it('opens rows of the key before, rewraps them, and can do without it afterwards', () => {
    const next = newKey()
    const { key, stored } = envelope.create(place)
    const secret = key.seal('password', 'hunter2')
    const rotating = new Envelope(next, [current])
    expect(rotating.open(place, stored).open('password', secret)).toBe('hunter2')
    const rewrapped = rotating.rewrap(place, stored)
    expect(rewrapped.keyId).toBe(next.id)
    expect(new Envelope(next).open(place, rewrapped).open('password', secret)).toBe('hunter2')
    expect(() => envelope.open(place, rewrapped)).toThrow(`the master key ${next.id}, which this process was not given`)
    expect(() => new Envelope(next).open(place, { ...stored, keyId: next.id })).toThrow(/cannot be opened/)
  })

  it('has 32 bytes', () => {
    expect(() => masterKey(randomBytes(31).toString('base64'))).toThrow('A master key has 32 bytes, this one has 31.')
  })
})

describe('the master key of a data folder', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opsgraph-key-'))
    await chmod(folder, 0o755)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('is made once, however many ask, for its owner’s eyes only', async () => {
    expect(await keptKey(folder)).toBeUndefined()
    const keys = new Set(await Promise.all(Array.from({ length: 20 }, () => keepKey(folder))))
    expect(keys.size).toBe(1)
    const [key] = [...keys]
    expect(masterKey(key!).bytes).toHaveLength(32)
    expect(await keptKey(folder)).toBe(key)
    expect(await readdir(folder)).toEqual(['master.key'])
    expect((await stat(join(folder, 'master.key'))).mode & 0o777).toBe(0o600)
    expect((await readFile(join(folder, 'master.key'), 'utf8')).trim()).toBe(key)
  })
})
