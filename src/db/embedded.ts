import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Cluster, type Log, openCluster } from './embedded-cluster.ts'
import {
  hasEnded,
  isRunning,
  lastWords,
  POLL_MS,
  recorded,
  type Settings,
  start,
  stopServer,
} from './embedded-server.ts'

export type Embedded = { url: string; stop(): Promise<void> }

const PATIENCE_MS = 300_000
const RETRY_MS = 500
const MOST_STARTS = 20
/** Shared by every process that uses the server; whoever gets it alone is the last one. */
const IN_USE = '1869640551, 1'

type Keeper = { client: pg.Client; url: string; gone: Promise<unknown> }

/** Undefined while the recorded server is still starting or already stopping. */
async function connect({ password }: Cluster, port: number): Promise<Keeper | undefined> {
  const url = `postgresql://opsgraph:${password}@127.0.0.1:${port}/opsgraph`
  const client = new pg.Client({ connectionString: url, application_name: 'opsgraph keeper', keepAlive: true })
  const gone = new Promise((done) => client.once('end', done))
  client.on('error', () => {})
  try {
    await client.connect()
    await client.query(`SELECT pg_advisory_lock_shared(${IN_USE})`)
    return { client, url, gone }
  } catch {
    await client.end().catch(() => {})
    return undefined
  }
}

/** Adopts the running server or starts one; of several processes that start one, PostgreSQL's own lock picks a winner. */
async function acquire(cluster: Cluster, settings: Settings, log: Log): Promise<Keeper> {
  const deadline = performance.now() + PATIENCE_MS
  for (let starts = 0; performance.now() < deadline; await pause(POLL_MS)) {
    const server = await recorded(cluster)
    if (server && (await isRunning(cluster, server))) {
      const keeper = await connect(cluster, server.port)
      if (keeper) return keeper
      continue
    }
    if (starts === MOST_STARTS) break
    if (starts > 0) await pause(RETRY_MS)
    starts += 1
    await startAndWait(cluster, settings, log, server)
  }
  throw new Error(`The database in ${cluster.folder} did not start. ${await lastWords(cluster)}`)
}

/** Until the new server has written its record or has ended, because another one was first or it could not run. */
async function startAndWait(cluster: Cluster, settings: Settings, log: Log, stale?: { pid: number; port: number }) {
  log('starting the database')
  const child = await start(cluster, settings, stale)
  while (!hasEnded(child)) {
    const server = await recorded(cluster)
    if (server && server.pid !== stale?.pid) return
    await pause(POLL_MS)
  }
}

const isLast = async ({ client }: Keeper): Promise<boolean> => {
  await client.query(`SELECT pg_advisory_unlock_shared(${IN_USE})`)
  const { rows } = await client.query<{ last: boolean }>(`SELECT pg_try_advisory_lock(${IN_USE}) AS last`)
  return rows[0]?.last === true
}

async function release(cluster: Cluster, keeper: Keeper, log: Log): Promise<void> {
  if (await isLast(keeper).catch(() => false)) {
    log('stopping the database')
    await stopServer(cluster)
  }
  await keeper.client.end().catch(() => {})
}

/** PostgreSQL in the data folder: shared by every process that opens it, stopped by the last one that closes it. */
export async function openEmbedded(dataDir: string, log: Log = () => {}, settings: Settings = {}): Promise<Embedded> {
  const cluster = await openCluster(dataDir, log)
  let keeper = await acquire(cluster, settings, log)
  let stopped: Promise<void> | undefined

  const reopen = async () => {
    log('the database went away')
    while (!stopped) {
      const found = await acquire(cluster, settings, log).catch((error: Error) => log(error.message))
      if (found) {
        keeper = found
        return log('the database is back')
      }
      await pause(RETRY_MS)
    }
  }
  const supervise = async () => {
    for (await keeper.gone; !stopped; await keeper.gone) await reopen()
  }
  const supervised = supervise()
  const stop = async () => {
    await release(cluster, keeper, log)
    await supervised
  }
  return { url: keeper.url, stop: () => (stopped ??= stop()) }
}
