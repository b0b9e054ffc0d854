import { chmod, mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Open to the server's user, unless a test wants it closed as root's own folders are. */
const OPEN = 0o755

/** A data folder of one test; a server that a failed test left behind in it is stopped before it is removed. */
export async function dataFolder(mode = OPEN): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'opsgraph-crash-'))
  await chmod(path, mode)
  const remove = async () => {
    const record = await readFile(join(path, 'postgres/data/postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number.parseInt(record, 10)
    if (pid > 1) process.kill(pid, 'SIGKILL')
    await rm(await realpath(join(path, 'postgres')).catch(() => path), { recursive: true, force: true, maxRetries: 10 })
    await rm(path, { recursive: true, force: true, maxRetries: 10 })
  }
  return { path, [Symbol.asyncDispose]: remove }
}
