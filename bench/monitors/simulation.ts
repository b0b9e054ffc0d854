import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../src/db/migrate.ts'
import { makePartitions } from '../../src/db/partitions.ts'
import { ROOT } from '../root.ts'
import { freePort, type Running, residentMemory, start } from '../run/server.ts'
import { startFarm } from './farm-process.ts'
import { ENABLE, LAG, MONITORS, ORGANIZATIONS, STATE } from './monitors.sql.ts'

export type Plan = { monitors: number; organizations: number; minutes: number; workers: number }
export type Percentiles = [p50: number, p99: number, max: number]
export type Outcome = {
  checks: number
  begun: Percentiles
  answered: Percentiles
  /** Monitors by status. */
  status: Record<string, number>
  /** Monitors that were not looked at as often as they should. */
  missed: number
  /** Of all processes that work: cores kept busy, and resident MiB of the largest. */
  cores: number
  residentMiB: number
}

const TICKS = 100

async function busySeconds(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

export async function asSystem<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query('SET ROLE opsgraph_system')
    return await work(client)
  } finally {
    await client.end()
  }
}

/** A process of this product on that database, which may call this machine. */
export async function startRole(url: string, role: 'all' | 'api' | 'worker'): Promise<Running> {
  const data = await mkdtemp(join(tmpdir(), 'opsgraph-monitors-'))
  const port = await freePort()
  const args = ['--max-semi-space-size=16', '--max-old-space-size=1024', 'src/cli/start.mjs', 'serve', '--role', role]
  const env = {
    ...{ NODE_ENV: 'development', DATABASE_URL: url, PORT: String(port), OPSGRAPH_DATA: data, LOG_LEVEL: 'warn' },
    ...{ OPSGRAPH_MASTER_KEY: randomBytes(32).toString('base64'), OPSGRAPH_ALLOW_PRIVATE_TARGETS: 'true' },
  }
  const running = await start({ file: process.execPath, args, cwd: ROOT, env }, port, '/readyz')
  const stop = () => running.stop().finally(() => rm(data, { recursive: true, force: true }))
  return { ...running, stop }
}

/** The tables, and monitors that are paused until they are enabled. */
export async function fill(url: string, { monitors, organizations }: Plan, farm: { http: number; tcp: number }) {
  await migrate(url)
  await makePartitions(url, new Date())
  await asSystem(url, async (client) => {
    await client.query(ORGANIZATIONS, [organizations])
    await client.query(MONITORS, [monitors, farm.http, farm.tcp])
  })
}

export const enable = (url: string) => asSystem(url, (client) => client.query(ENABLE))

const MINUTE_MS = 60_000
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

type Window = { from: Date; to: Date; minutes: number }

async function outcomeOf(url: string, { from, to, minutes }: Window): Promise<Omit<Outcome, 'cores' | 'residentMiB'>> {
  return asSystem(url, async (client) => {
    const { rows } = await client.query(LAG, [from, to])
    // A check on the edge of the window may fall beside it.
    const states = await client.query(STATE, [from, to, minutes - 1])
    return {
      ...rows[0],
      status: Object.fromEntries(states.rows.map(({ status, monitors }) => [status, monitors])),
      missed: states.rows.reduce((sum, { missed }) => sum + missed, 0),
    }
  })
}

/** What these processes do in so many minutes, after one in which they find their pace. */
export async function watched(url: string, minutes: number, workers: readonly Running[], say: (line: string) => void) {
  const pids = workers.map(({ pid }) => pid)
  say('finding the pace, for a minute …')
  await pause(MINUTE_MS * 1.2)
  const ended = () => new Error(`A worker ended:\n${workers.map((worker) => worker.output()).join('\n')}`)
  const busy = () =>
    Promise.all(pids.map(busySeconds)).then(
      (each) => each.reduce((sum, one) => sum + one, 0),
      () => Promise.reject(ended()),
    )
  const [from, before] = [new Date(), await busy()]
  say(`measuring, for ${minutes} minute(s) …`)
  await pause(minutes * MINUTE_MS)
  const [to, after] = [new Date(), await busy()]
  const resident = await Promise.all(pids.map(residentMemory))
  // Until what was begun is answered and written.
  await pause(15_000)
  const cores = (after - before) / (minutes * 60)
  return { ...(await outcomeOf(url, { from, to, minutes })), cores, residentMiB: Math.max(...resident) }
}

/** Workers against a farm of targets, on an empty database. */
export async function simulate(url: string, plan: Plan, say: (line: string) => void): Promise<Outcome> {
  const farm = await startFarm()
  const workers: Running[] = []
  try {
    await fill(url, plan, farm)
    for (let i = 0; i < plan.workers; i += 1) workers.push(await startRole(url, 'worker'))
    await enable(url)
    return await watched(url, plan.minutes, workers, say)
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()))
    await farm.stop()
  }
}
