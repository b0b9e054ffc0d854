import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../src/db/embedded.ts'
import { dataFolder } from './folder.ts'

const ROUNDS = Number(process.env.OPSGRAPH_CRASH_ROUNDS ?? 3)
const ACKNOWLEDGED_PER_ROUND = 2600
const BACK_WITHIN_MS = 10_000
const WRITERS = join(import.meta.dirname, 'writers.ts')

const serverPid = async (folder: string): Promise<number> =>
  Number((await readFile(join(folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0])

async function rowsIn(url: string): Promise<string[]> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ name: string }>('SELECT name FROM written')
  await client.end()
  return rows.map(({ name }) => name)
}

function startWriters(folder: string, round: number): ChildProcess {
  return spawn(process.execPath, [WRITERS, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Collects what the writers were promised, and strikes in the middle of it. */
async function promisedUntil(writers: ChildProcess, strike: () => void): Promise<string[]> {
  const promised: string[] = []
  for await (const line of createInterface({ input: writers.stdout! })) {
    promised.push(line)
    if (promised.length === ACKNOWLEDGED_PER_ROUND) strike()
  }
  return promised
}

async function crash(folder: string, round: number, withServer: boolean): Promise<{ promised: string[]; pid: number }> {
  const writers = startWriters(folder, round)
  const exit = once(writers, 'exit')
  await once(writers.stdout!, 'readable')
  const pid = await serverPid(folder)
  const promised = await promisedUntil(writers, () => {
    writers.kill('SIGKILL')
    if (withServer) process.kill(pid, 'SIGKILL')
  })
  expect((await exit)[1]).toBe('SIGKILL')
  return { promised, pid }
}

async function comeBack(folder: string) {
  const since = performance.now()
  const database = await openEmbedded(folder)
  const rows = await rowsIn(database.url)
  const took = performance.now() - since
  return { rows, took, pid: await serverPid(folder), stop: database.stop }
}

const cases = [
  { killed: 'the server process', withServer: false },
  { killed: 'the server process and PostgreSQL', withServer: true },
]

test.for(cases)(
  'every acknowledged row survives kill -9 of $killed',
  { timeout: ROUNDS * 30_000 },
  async ({ withServer }) => {
    await using folder = await dataFolder()
    const promised: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await crash(folder.path, round, withServer)
      promised.push(...before.promised)
      const { rows, took, pid, stop } = await comeBack(folder.path)
      await stop()
      expect(took).toBeLessThan(BACK_WITHIN_MS)
      expect(pid === before.pid).toBe(!withServer)
      const found = new Set(rows)
      expect(promised.filter((name) => !found.has(name))).toEqual([])
      expect(found.size).toBe(rows.length)
    }
    expect(promised.length).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_PER_ROUND)
  },
)

test('a second process shares the server of the first, and keeps it when the first is killed', async () => {
  await using folder = await dataFolder()
  const writers = startWriters(folder.path, 0)
  await once(writers.stdout!, 'readable')
  const second = await openEmbedded(folder.path)
  const pid = await serverPid(folder.path)
  const promised = await promisedUntil(writers, () => writers.kill('SIGKILL'))
  const found = new Set(await rowsIn(second.url))
  expect(promised.filter((name) => !found.has(name))).toEqual([])
  expect(await serverPid(folder.path)).toBe(pid)
  await second.stop()
})
