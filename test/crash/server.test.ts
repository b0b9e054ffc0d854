import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { type Launched, makeKey, serve } from './launch.ts'
import { embeddedUrl, postmaster, writtenIn } from './written.ts'

const HEAVY = process.env.OPSGRAPH_CRASH_ROUNDS
const ROUNDS = Number(HEAVY ?? 3)
const ACKNOWLEDGED_PER_ROUND = HEAVY ? 2600 : 400
const WRITERS = 8
const CONNECTIONS_PER_WRITER = 4
const BACK_WITHIN_MS = 10_000

const DOORS = [
  { path: '/api/assets/', body: (name: string) => ({ name, asset_type: 'server' }) },
  { path: '/api/v1/leads', body: (name: string) => ({ name }) },
] as const

type Told = (name: string) => void

/** Writes until the server is gone. Every answer that came is an acknowledgement. */
async function write(caller: Caller, name: string, { path, body }: (typeof DOORS)[number], told: Told): Promise<void> {
  for (let row = 0; ; row += 1) {
    const answer = await caller.post(path, body(`${name}-${row}`)).catch(() => undefined)
    if (!answer) return
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)])
    told(`${name}-${row}`)
  }
}

/** What eight writers were promised until the blow. */
async function promisedUntil(url: string, key: string, round: number, strike: () => void): Promise<string[]> {
  using caller = new Caller(url, key, WRITERS * CONNECTIONS_PER_WRITER)
  const promised: string[] = []
  const told = (name: string) => {
    promised.push(name)
    if (promised.length === ACKNOWLEDGED_PER_ROUND) strike()
  }
  const hands = Array.from({ length: WRITERS * CONNECTIONS_PER_WRITER }, (_, hand) =>
    write(caller, `crash-${round}-${hand}`, DOORS[hand % DOORS.length]!, told),
  )
  await Promise.all(hands)
  return promised
}

async function comeBack(folder: string): Promise<{ server: Launched; took: number }> {
  const from = performance.now()
  const server = await serve({ OPSGRAPH_DATA: folder })
  using caller = new Caller(server.url)
  expect((await caller.call('/readyz')).status).toBe(200)
  return { server, took: performance.now() - from }
}

async function expectAllKept(folder: string, promised: readonly string[]): Promise<void> {
  const written = await writtenIn(await embeddedUrl(folder), 'crash-')
  const whole = { rows: 1, events: 1, audits: 1 }
  expect(written.filter(({ name, ...counts }) => name === null || !sameCounts(counts, whole))).toEqual([])
  const found = new Set(written.map(({ name }) => name))
  expect(promised.filter((name) => !found.has(name))).toEqual([])
}

const sameCounts = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other)

const organizationIn = async (folder: string): Promise<string> =>
  JSON.parse(await readFile(join(folder, 'demo.json'), 'utf8')).organizations[0].slug

test('every acknowledged write survives kill -9 of the server, once, with its event and its audit row', {
  timeout: 60_000 + ROUNDS * 30_000,
}, async () => {
  await using folder = await dataFolder()
  await using started = new AsyncDisposableStack()
  const promised: string[] = []
  let server = started.use((await comeBack(folder.path)).server)
  const { secret } = await makeKey({ OPSGRAPH_DATA: folder.path }, await organizationIn(folder.path))
  for (let round = 0; round < ROUNDS; round += 1) {
    const { pid } = await postmaster(folder.path)
    const killed = server
    const withDatabase = round % 3 === 1
    const strike = () => {
      killed.child.kill('SIGKILL')
      if (withDatabase) process.kill(pid, 'SIGKILL')
    }
    promised.push(...(await promisedUntil(server.url, secret, round, strike)))
    expect((await server.ended).signal).toBe('SIGKILL')
    const back = await comeBack(folder.path)
    server = started.use(back.server)
    expect(back.took).toBeLessThan(BACK_WITHIN_MS)
    expect((await postmaster(folder.path)).pid === pid).toBe(!withDatabase)
    await expectAllKept(folder.path, promised)
  }
  expect(promised.length).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_PER_ROUND)
  expect(await server.end()).toMatchObject({ code: 0, signal: null })
})
