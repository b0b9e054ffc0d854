import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (made) await sync(dirname(made))
  const aside = join(folder, `.${randomUUID()}`)
  try {
    await writeSynced(aside, bytes)
    await rename(aside, path)
    await sync(folder)
  } catch (error) {
    await rm(aside, { force: true })
    throw error
  }
}

const orGone = (key: string) => (error: unknown) => {
  throw (error as { code?: string }).code === 'ENOENT' ? new Gone(`There is no file ${key}.`, { cause: error }) : error
}

export function folderStorage(root: string): Storage {
  const path = (key: string) => join(root, assertKey(key))
  return {
    put: async (key, bytes) => writeWhole(path(key), bytes),
    get: async (key) => readFile(path(key)).catch(orGone(key)),
    delete: async (key) => rm(path(key), { force: true }),
    async check() {
      const probe = join(root, `.${randomUUID()}`)
      await writeWhole(probe, new Uint8Array())
      await rm(probe, { force: true })
    },
  }
}
