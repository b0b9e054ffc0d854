import { createHash } from 'node:crypto'
import { pipeline, Readable } from 'node:stream'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { Bytes } from './bytes.ts'
import { damaged } from './damage.ts'
import { type Head, seal, unseal } from './sealed.ts'

/** A piece of a backup: what it is, and its bytes. */
export type Part<H = Record<string, unknown>> = { head: H; body: AsyncIterable<Uint8Array> }
/** What a part was, once all of its bytes have been read. */
export type Sum = { bytes: number; sha256: string }

const [BEGIN, BODY, SUM, END] = [1, 2, 3, 4]
const FRAME = 5
const PIECE = 2 ** 20
/** What a part is may take many words: the structure of thousands of tables. */
const WORDS = 2 ** 28

function frame(kind: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(FRAME)
  head[0] = kind
  head.writeUInt32BE(payload.length, 1)
  return Buffer.concat([head, payload])
}

const told = (kind: number, value: unknown): Buffer => frame(kind, Buffer.from(JSON.stringify(value)))

async function* framed(parts: AsyncIterable<Part>): AsyncGenerator<Buffer> {
  let count = 0
  for await (const { head, body } of parts) {
    const digest = createHash('sha256')
    let bytes = 0
    yield told(BEGIN, head)
    for await (const chunk of body)
      for (let at = 0; at < chunk.length; at += PIECE) {
        const piece = chunk.subarray(at, at + PIECE)
        digest.update(piece)
        bytes += piece.length
        yield frame(BODY, piece)
      }
    yield told(SUM, { bytes, sha256: digest.digest('hex') } satisfies Sum)
    count += 1
  }
  yield told(END, { parts: count })
}

const nothing = () => {}

/** A backup as it is stored: its parts one after another, compressed and encrypted. */
export const packed = (parts: AsyncIterable<Part>, key: Uint8Array, about: Record<string, unknown>) =>
  seal(key, about, pipeline(Readable.from(framed(parts), { objectMode: false }), createZstdCompress(), nothing))

/** Bytes on their way to where they are kept, and what they came to. */
export function measured(stored: AsyncIterable<Uint8Array>): { bytes: AsyncGenerator<Uint8Array>; sum(): Sum } {
  const digest = createHash('sha256')
  let count = 0
  async function* bytes() {
    for await (const chunk of stored) {
      digest.update(chunk)
      count += chunk.length
      yield chunk
    }
  }
  return { bytes: bytes(), sum: () => ({ bytes: count, sha256: digest.digest('hex') }) }
}

class Frames {
  readonly #bytes: Bytes

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#bytes = new Bytes(source)
  }

  async next(): Promise<{ kind: number; payload: Buffer }> {
    const head = await this.#bytes.take(FRAME)
    const length = head.readUInt32BE(1)
    if (length > (head[0] === BODY ? PIECE : WORDS)) throw damaged('a piece of it is larger than any that is written.')
    return { kind: head[0]!, payload: await this.#bytes.take(length) }
  }

  async finish(): Promise<void> {
    if (!(await this.#bytes.ended())) throw damaged('it goes on after its end.')
  }

  close(): Promise<void> {
    return this.#bytes.close()
  }
}

/** The bytes of one part; what they come to is compared with what was written. */
async function* bodyOf(frames: Frames, head: object, summed: (sum: Sum) => void): AsyncGenerator<Buffer> {
  const digest = createHash('sha256')
  let bytes = 0
  for (;;) {
    const { kind, payload } = await frames.next()
    if (kind === BODY) {
      digest.update(payload)
      bytes += payload.length
      yield payload
      continue
    }
    const sum: Sum = JSON.parse(payload.toString())
    if (kind !== SUM || sum.bytes !== bytes || sum.sha256 !== digest.digest('hex'))
      throw damaged(`the checksum of ${JSON.stringify(head)} does not hold.`)
    return summed(sum)
  }
}

/** A part on its way out of a backup. Its sum is there when its body has been read, which the next part sees to. */
export type ReadPart<H> = Part<H> & { sum(): Sum }

/** Reads a backup part by part; throws for whatever is not as it was written. */
export async function* unpacked<H>(
  stored: AsyncIterable<Uint8Array>,
  keyOf: (head: Head) => Uint8Array,
): AsyncGenerator<ReadPart<H>> {
  const opened = Readable.from(unseal(stored, keyOf), { objectMode: false })
  const frames = new Frames(pipeline(opened, createZstdDecompress(), nothing))
  try {
    for (let count = 0; ; count += 1) {
      const { kind, payload } = await frames.next()
      const head = JSON.parse(payload.toString())
      if (kind === END && head.parts === count) return await frames.finish()
      if (kind !== BEGIN) throw damaged('its parts are not in order.')
      let sum: Sum | undefined
      const body = bodyOf(frames, head, (found) => {
        sum = found
      })
      yield { head, body, sum: () => sum! }
      if (!sum) for await (const _ of body);
    }
  } finally {
    await frames.close()
  }
}
