import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto'
import { Bytes } from './bytes.ts'
import { damaged } from './damage.ts'

const FORMAT = 'opsgraph-backup'
const VERSION = 1
const HEAD = 4096
const CHUNK = 65_536
const TAG = 16
const LENGTH = 4
const CIPHER = 'aes-256-gcm'

/** What anybody may read of a file: how it is written, and what its key is made of. */
export type Head = { format: typeof FORMAT; version: number; salt: string } & Record<string, unknown>

/** A key for one file only: what it encrypts is numbered from nought on. */
const fileKey = (key: Uint8Array, salt: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, Buffer.from(salt, 'base64'), 'opsgraph backup', 32))

/** Its place in the file, and whether it is the last: a chunk opens nowhere else, and nothing can be cut off. */
function nonceOf(place: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(place, 4)
  nonce[11] = last ? 1 : 0
  return nonce
}

type Place = { key: Uint8Array; head: Uint8Array; at: number; last: boolean }

function encrypted({ key, head, at, last }: Place, plain: Uint8Array): Buffer {
  const cipher = createCipheriv(CIPHER, key, nonceOf(at, last), { authTagLength: TAG }).setAAD(head)
  const length = Buffer.alloc(LENGTH)
  length.writeUInt32BE(plain.length + TAG)
  return Buffer.concat([length, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypted({ key, head, at, last }: Place, stored: Buffer): Buffer | undefined {
  const decipher = createDecipheriv(CIPHER, key, nonceOf(at, last), { authTagLength: TAG })
    .setAAD(head)
    .setAuthTag(stored.subarray(-TAG))
  try {
    return Buffer.concat([decipher.update(stored.subarray(0, -TAG)), decipher.final()])
  } catch {
    return undefined
  }
}

/** Encrypts what comes, chunk by chunk, each bound to its place. `about` is what the file says of its key. */
export async function* seal(
  key: Uint8Array,
  about: Record<string, unknown>,
  plain: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const salt = randomBytes(32).toString('base64')
  const line = Buffer.from(`${JSON.stringify({ format: FORMAT, version: VERSION, ...about, salt })}\n`)
  const place = { key: fileKey(key, salt), head: hash('sha256', line, 'buffer') }
  yield line
  const bytes = new Bytes(plain)
  for (let at = 0; ; at += 1) {
    const chunk = await bytes.upTo(CHUNK)
    const last = await bytes.ended()
    yield encrypted({ ...place, at, last }, chunk)
    if (last) return
  }
}

async function headOf(bytes: Bytes): Promise<{ line: Buffer; head: Head }> {
  const line = await bytes.line(HEAD)
  const head = parsed(line?.toString())
  if (!line || head?.format !== FORMAT) throw damaged('it does not begin as a backup does.')
  if (head.version !== VERSION)
    throw damaged(`it is written in form ${head.version}, and this version reads ${VERSION}.`)
  if (typeof head.salt !== 'string') throw damaged('it does not begin as a backup does.')
  return { line, head }
}

function parsed(text = ''): Head | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Opens what `seal` has written; throws where a bit is not what it was, or where there is more or less of it. */
export async function* unseal(
  stored: AsyncIterable<Uint8Array>,
  keyOf: (head: Head) => Uint8Array,
): AsyncGenerator<Buffer> {
  const bytes = new Bytes(stored)
  try {
    const { line, head } = await headOf(bytes)
    const place = { key: fileKey(keyOf(head), head.salt), head: hash('sha256', line, 'buffer') }
    for (let at = 0, last = false; !last; at += 1) {
      const from = bytes.taken
      const length = (await bytes.take(LENGTH)).readUInt32BE()
      if (length < TAG || length > CHUNK + TAG) throw damaged(`byte ${from} is not what was written.`)
      const chunk = await bytes.take(length)
      last = await bytes.ended()
      const plain = decrypted({ ...place, at, last }, chunk)
      if (!plain)
        throw damaged(
          last
            ? 'it ends too early, or in bytes that were not written.'
            : `the bytes after ${from} are not what was written.`,
        )
      yield plain
    }
  } finally {
    await bytes.close()
  }
}
