import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = 'master.key'

const isCode = (error: unknown, code: string): boolean => (error as { code?: unknown }).code === code

async function readKept(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

/** Of several processes that begin at once, one makes the key; nobody ever reads half of one. */
async function make(folder: string, path: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const draft = `${path}.${randomUUID()}`
  await writeDurably(draft, `${randomBytes(32).toString('base64')}\n`)
  try {
    await link(draft, path)
    await syncFolder(folder)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await unlink(draft)
  }
}

/** The master key that the data folder keeps, if there is one. */
export const keptKey = (folder: string): Promise<string | undefined> => readKept(join(folder, FILE))

/** The master key of the data folder, made there on the first start with mode 600. */
export async function keepKey(folder: string): Promise<string> {
  const path = join(folder, FILE)
  const kept = await readKept(path)
  if (kept !== undefined) return kept
  await make(folder, path)
  return (await readKept(path))!
}
