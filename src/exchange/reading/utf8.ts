import { Unreadable } from './unreadable.ts'

export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

const BOM = [0xef, 0xbb, 0xbf]

const startsWithBom = (bytes: Uint8Array): boolean => BOM.every((byte, at) => bytes[at] === byte)

/** A file's bytes without the mark that spreadsheet programs put first, and found to be UTF-8. */
export async function* utf8(source: Bytes): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let head: Buffer | undefined = Buffer.alloc(0)
  const checked = (bytes: Uint8Array, more: boolean) => {
    try {
      decoder.decode(bytes, { stream: more })
    } catch {
      throw new Unreadable('is not UTF-8 throughout. Save it as UTF-8 (in a spreadsheet program: "CSV UTF-8").')
    }
  }
  for await (const chunk of source) {
    checked(chunk, true)
    const bytes: Buffer = head
      ? Buffer.concat([head, chunk])
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    if (head && bytes.length < BOM.length) {
      head = bytes
      continue
    }
    yield head && startsWithBom(bytes) ? bytes.subarray(BOM.length) : bytes
    head = undefined
  }
  checked(new Uint8Array(), false)
  if (head?.length) yield head
}
