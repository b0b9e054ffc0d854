import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { AppError } from '../../core/errors.ts'
import { type Format, formatOf } from '../../exchange/reading/read.ts'
import type { Call } from '../command.ts'

const HEAD = 1024

/** A file on its way in: how much of it has been read, and its bytes. */
export type Source = {
  format: Format
  bytes: AsyncIterable<Uint8Array>
  /** The part that has been read, 0 to 1, where the whole is known. */
  share(): number | undefined
}

async function opened(call: Call, signal: AbortSignal): Promise<{ stream: Readable; size: number | undefined }> {
  const name = call.argument()
  if (name === '-') return { stream: addAbortSignal(signal, call.streams.input), size: undefined }
  const found = await stat(name).catch(() => undefined)
  if (!found?.isFile()) throw new AppError('NOT_FOUND', `There is no file ${name}.`)
  return { stream: createReadStream(name, { signal }), size: found.size }
}

/** Opens what the command names; what it is, its beginning tells unless the caller did. */
export async function openSource(call: Call, given: Format | undefined, signal: AbortSignal): Promise<Source> {
  const { stream, size } = await opened(call, signal)
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>
  const first = await chunks.next()
  let read = 0
  async function* bytes() {
    if (first.done) return
    read += first.value.length
    yield first.value
    for await (const chunk of chunks) {
      read += chunk.length
      yield chunk
    }
  }
  const head = first.done ? '' : first.value.toString('utf8', 0, HEAD)
  const share = () => (size ? read / size : undefined)
  return { format: given ?? formatOf(head), bytes: bytes(), share }
}
