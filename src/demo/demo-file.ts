import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Demo } from './load.ts'

/** Secrets in it: readable by its owner only, and never half written. */
export async function writeDemoFile(dataDir: string, baseUrl: string, { organizations }: Demo): Promise<string> {
  const path = join(dataDir, 'demo.json')
  await mkdir(dataDir, { recursive: true })
  await writeFile(`${path}.new`, `${JSON.stringify({ baseUrl, organizations }, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
  return path
}
