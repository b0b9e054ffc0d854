import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../core/errors.ts'
import type { Call } from '../command.ts'

/** Another name until it is whole, so that nobody takes a part for it. */
export async function intoFile(
  name: string,
  pieces: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
  mode = 0o666,
): Promise<void> {
  const part = `${name}.part`
  try {
    await pipeline(Readable.from(pieces), createWriteStream(part, { flush: true, mode }), { signal })
    await rename(part, name)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Answers whether all of it was wanted: whoever reads may have had enough. */
export async function intoStream(call: Call, rows: AsyncIterable<string>, signal: AbortSignal): Promise<boolean> {
  try {
    await pipeline(Readable.from(rows), call.streams.output, { end: false, signal })
    return true
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPIPE') throw error
    return false
  }
}

export function unlessInterrupted(error: unknown, signal: AbortSignal): never {
  if (signal.aborted) throw new AppError('UNPROCESSABLE', 'Interrupted: what was written is not the whole.')
  throw error
}
