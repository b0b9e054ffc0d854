import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Gone, type Storage } from '../core/storage.ts'
import { assertKey } from './key.ts'

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file is there whole or not at all, also after a power cut: written aside, synced, then renamed. */
async function writeWhole(path: string, aside: string, write: (aside: string) => Promise<void>): Promise<void> {
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made) await sync(dirname(made))
  try {
    await write(aside)
    await rename(aside, path)
    await sync(folder)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

const putWhole = (path: string, bytes: Uint8Array): Promise<void> =>
  writeWhole(path, join(dirname(path), `.${randomUUID()}`), (aside) => writeSynced(aside, bytes))

/** Named after the file: whoever was killed while writing leaves what the next one overwrites, and a deletion takes along. */
const asideOf = (path: string): string => join(dirname(path), `.${basename(path)}.part`)

const putStream = (path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> =>
  writeWhole(path, asideOf(path), (aside) => pipeline(bytes, createWriteStream(aside, { mode: 0o600, flush: true })))

async function* getStream(key: string, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>
  } catch (error) {
    orGone(key)(error)
  }
}

const orGone = (key: string) => (error: unknown) => {
  throw (error as { code?: string }).code === 'ENOENT' ? new Gone(`There is no file ${key}.`, { cause: error }) : error
}

export function folderStorage(root: string): Storage {
  const path = (key: string) => join(root, assertKey(key))
  return {
    put: async (key, bytes) => putWhole(path(key), bytes),
    get: async (key) => readFile(path(key)).catch(orGone(key)),
    putStream: async (key, bytes) => putStream(path(key), bytes),
    getStream: (key) => getStream(key, path(key)),
    async delete(key) {
      for (const each of [path(key), asideOf(path(key))]) await rm(each, { force: true })
    },
    async check() {
      const probe = join(root, `.${randomUUID()}`)
      await putWhole(probe, new Uint8Array())
      await rm(probe, { force: true })
    },
  }
}
