import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { type Part, packed, type Sum, unpacked } from './parts.ts'

const KEY = randomBytes(32)
const HEADS = [{ kind: 'first' }, { kind: 'second', rows: 2 }, { kind: 'third' }]
const BODIES = [Buffer.from('a few words\n'), Buffer.alloc(0), randomBytes(150_000)]

async function* pieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function* parts(count = HEADS.length): AsyncGenerator<Part> {
  for (let i = 0; i < count; i += 1) yield { head: HEADS[i]!, body: pieces(BODIES[i]!, 40_000) }
}

const pack = (key = KEY, count?: number) => buffer(packed(parts(count), key, { of: 'test' }))

async function unpack(file: Buffer, { key = KEY, size = 10_000 } = {}) {
  const found: { head: unknown; body: Buffer; sum: Sum }[] = []
  for await (const { head, body, sum } of unpacked(pieces(file, size), () => key))
    found.push({ head, body: await buffer(body), sum: sum() })
  return found
}

const refusal = (file: Buffer, options: object = {}) =>
  unpack(file, options).then(
    () => 'nothing was found',
    (error: Error) => error.message,
  )

const flipped = (file: Buffer, at: number) => {
  const other = Buffer.from(file)
  other[at]! ^= 1 << (at % 8)
  return other
}

describe('a backup', () => {
  it.each([1, 7, 4096, 1_000_000])('is read as it was written, %d bytes at a time', async (size) => {
    const found = await unpack(await pack(), { size })
    expect(found.map(({ head }) => head)).toEqual(HEADS)
    expect(found.every(({ body }, i) => body.equals(BODIES[i]!))).toBe(true)
    expect(found.map(({ sum }) => sum.bytes)).toEqual([12, 0, 150_000])
  })

  it('has nothing of its content in it, and is another one each time', async () => {
    const [one, other] = [await pack(), await pack()]
    expect(one.includes('a few words')).toBe(false)
    expect(one.subarray(200).equals(other.subarray(200))).toBe(false)
  })

  it('may be passed over part by part', async () => {
    const heads: unknown[] = []
    for await (const { head } of unpacked(pieces(await pack(), 5000), () => KEY)) heads.push(head)
    expect(heads).toEqual(HEADS)
  })

  it('is smaller than what is in it', async () => {
    async function* same(): AsyncGenerator<Part> {
      yield { head: {}, body: pieces(Buffer.alloc(1_000_000, 'opsgraph '), 50_000) }
    }
    expect((await buffer(packed(same(), KEY, {}))).length).toBeLessThan(10_000)
  })

  it('fails as what is put into it fails', async () => {
    async function* broken(): AsyncGenerator<Part> {
      yield* parts(1)
      throw new Error('The database went away.')
    }
    await expect(buffer(packed(broken(), KEY, {}))).rejects.toThrow('The database went away.')
  })
})

describe('what is not as it was written', () => {
  it('is found wherever one bit was turned', async () => {
    const file = await pack(KEY, 2)
    for (let at = 0; at < file.length; at += 1)
      expect(await refusal(flipped(file, at))).toMatch(/^The backup is damaged: /)
  })

  it('is found in a long file as well', async () => {
    const file = await pack()
    for (let at = 300; at < file.length; at += 9973)
      expect(await refusal(flipped(file, at))).toMatch(/^The backup is damaged: /)
  })

  it('is found wherever the file was cut off', async () => {
    const file = await pack(KEY, 1)
    for (let length = 0; length < file.length; length += 1)
      expect(await refusal(file.subarray(0, length))).toMatch(/^The backup is damaged: /)
  })

  it('is found where the file was cut off between two chunks, or chunks changed places', async () => {
    const file = await pack()
    const chunks: Buffer[] = []
    const head = file.indexOf('\n') + 1
    for (let at = head; at < file.length; ) {
      const next = at + 4 + file.readUInt32BE(at)
      chunks.push(file.subarray(at, next))
      at = next
    }
    expect(chunks.length).toBeGreaterThan(2)
    const made = (...order: number[]) => Buffer.concat([file.subarray(0, head), ...order.map((i) => chunks[i]!)])
    const all = chunks.map((_, i) => i)
    expect(made(...all).equals(file)).toBe(true)
    expect(await refusal(made(...all.slice(0, -1)))).toMatch('ends too early')
    expect(await refusal(made(1, 0, ...all.slice(2)))).toMatch('are not what was written')
    expect(await refusal(made(...all, 0))).toMatch(/^The backup is damaged: /)
  })

  it('is found where bytes were added', async () => {
    expect(await refusal(Buffer.concat([await pack(), Buffer.from('x')]))).toMatch(/^The backup is damaged: /)
  })

  it('is a file under another key, or no backup at all', async () => {
    expect(await refusal(await pack(), { key: randomBytes(32) })).toMatch(/^The backup is damaged: /)
    expect(await refusal(Buffer.from('PK\u0003\u0004 something else'))).toMatch('does not begin as a backup does')
    expect(await refusal(Buffer.alloc(0))).toMatch('does not begin as a backup does')
  })

  it('is a file of a form to come', async () => {
    const file = Buffer.from(`${JSON.stringify({ format: 'opsgraph-backup', version: 2 })}\n`)
    expect(await refusal(file)).toMatch('written in form 2, and this version reads 1')
  })
})
