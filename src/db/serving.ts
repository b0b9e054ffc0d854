import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'

const SERVING = 7_302_411
const PATIENCE_MS = 2000
const BETWEEN_MS = 50
const RETRY_MS = 500

const ALONE =
  'Another Opsgraph server is serving this database. Stop it; or choose another folder with OPSGRAPH_DATA; ' +
  'or, for several servers on one database, set DATABASE_URL and leave OPSGRAPH_SINGLE_PROCESS unset.'
const AMONG_OTHERS =
  'An Opsgraph server serves this database by itself (OPSGRAPH_SINGLE_PROCESS). Stop it, or start it without that setting.'
const LOST = 'This server’s place was taken while the database was away. '

export type Serving = { release(): Promise<void> }

type Place = { url: string; alone: boolean; log: (sentence: string) => void }
type Seat = { client: pg.Client; gone: Promise<unknown> }

async function connect(url: string): Promise<Seat> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'opsgraph serving',
    connectionTimeoutMillis: PATIENCE_MS,
    keepAlive: true,
  })
  const gone = new Promise((done) => client.once('end', done))
  client.on('error', () => {})
  await client.connect()
  return { client, gone }
}

async function locked({ client }: Seat, { alone }: Place): Promise<boolean> {
  const lock = alone ? 'pg_try_advisory_lock' : 'pg_try_advisory_lock_shared'
  const { rows } = await client.query<{ held: boolean }>(`SELECT ${lock}($1) AS held`, [SERVING])
  return rows[0]?.held === true
}

const refusal = ({ alone }: Place): string => (alone ? ALONE : AMONG_OTHERS)

/** A server that was told to stop a moment ago may still be there. */
async function take(place: Place): Promise<Seat> {
  const seat = await connect(place.url)
  const until = performance.now() + PATIENCE_MS
  while (!(await locked(seat, place))) {
    if (performance.now() > until) {
      await seat.client.end()
      throw new Error(refusal(place))
    }
    await pause(BETWEEN_MS)
  }
  return seat
}

/** Undefined while the database is away, or told to stop. */
async function retake(place: Place, stopping: AbortSignal): Promise<Seat | undefined> {
  const seat = await connect(place.url).catch(() => undefined)
  if (!seat) return undefined
  let told = false
  while (!stopping.aborted) {
    const held = await locked(seat, place).catch(() => undefined)
    if (held) return seat
    if (held === undefined) break
    if (!told) place.log(LOST + refusal(place))
    told = true
    await pause(RETRY_MS, undefined, { signal: stopping }).catch(() => {})
  }
  await seat.client.end()
  return undefined
}

/** A server that counts limits in its own memory must be the only one; held as a lock, so a crash frees it. */
export async function beginServing(url: string, alone: boolean, log: (sentence: string) => void): Promise<Serving> {
  const place = { url, alone, log }
  const stopping = new AbortController()
  const { signal } = stopping
  let seat: Seat | undefined = await take(place)

  const supervise = async () => {
    while (!signal.aborted) {
      await seat?.gone
      if (signal.aborted) return
      seat = await retake(place, signal)
      if (!seat) await pause(RETRY_MS, undefined, { signal }).catch(() => {})
    }
  }
  const supervised = supervise()
  const release = async () => {
    stopping.abort()
    await seat?.client.end()
    await supervised
    await seat?.client.end()
  }
  return { release }
}
