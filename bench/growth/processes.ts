import { cpus } from 'node:os'
import { openDatabase } from '../data/database.ts'
import { SHAPE } from '../data/shape.ts'
import { product } from '../doors/graphql.ts'
import { bytes, load } from '../load/load.ts'
import { startProduct } from '../peers.ts'
import type { Running } from '../run/server.ts'
import { asks } from '../workloads.ts'

const SECONDS = 4
const CONNECTIONS = 32
/** A core for each server, and as many for PostgreSQL and the generators. */
const NEEDED = 6

export type Scaled = { one: number; two: number; ratio: number; cores: number; allowed: boolean }

const requests = asks('W1', SHAPE).map((ask) => bytes(product.request('W1', ask)!, ask.key))

const rate = async (servers: readonly Running[]): Promise<number> => {
  const connections = CONNECTIONS / servers.length
  const loads = servers.map(({ port }) => load({ port, requests, connections, warmup: 2, seconds: SECONDS }))
  return (await Promise.all(loads)).reduce((sum, { rps }) => sum + rps, 0)
}

/** The rate of W1 by one process and by two on the same database, with as many connections in all. */
export async function scaleOut(url: string, print: (line: string) => void): Promise<Scaled> {
  const database = await openDatabase(SHAPE, url, print)
  const servers: Running[] = []
  try {
    for (let at = 0; at < 2; at += 1)
      servers.push(await startProduct(database.url, undefined, undefined, { OPSGRAPH_SINGLE_PROCESS: 'false' }))
    const [one, two] = [await rate(servers.slice(0, 1)), await rate(servers)]
    const cores = cpus().length
    return { one, two, ratio: two / one, cores, allowed: cores >= NEEDED }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
    await database.close()
  }
}
