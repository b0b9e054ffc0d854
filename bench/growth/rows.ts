import { openDatabase, sibling } from '../data/database.ts'
import { benchKey } from '../data/keys.ts'
import { SHAPE, type Shape } from '../data/shape.ts'
import { bytes, load } from '../load/load.ts'
import { startProduct } from '../peers.ts'
import type { Running } from '../run/server.ts'
import { REQUESTS } from './requests.ts'

const TIMES = 10
const ROUNDS = 5
const SECONDS = 2
/** One after the other: what a request costs, not how many wait. */
const CONNECTIONS = 1

/** One organization with 2,500 of each, which is one of twenty in the other bench, and another one with ten times that. */
const shapeOf = (times: number): Shape => ({
  ...SHAPE,
  organizations: 1,
  assetOrganizations: 1,
  clients: (SHAPE.clients / SHAPE.organizations) * times,
  leads: (SHAPE.leads / SHAPE.organizations) * times,
  invoices: (SHAPE.invoices / SHAPE.organizations) * times,
  assets: (SHAPE.assets / SHAPE.organizations) * times,
})

export type Grown = { what: string; counted: boolean; few: number; many: number; ratio: number }

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

async function costs(running: Running, request: (typeof REQUESTS)[number]['request']): Promise<number> {
  const requests = [bytes(request, benchKey(1))]
  const { p50, errors } = await load({
    ...{ port: running.port, requests, connections: CONNECTIONS },
    ...{ warmup: 0.5, seconds: SECONDS },
  })
  if (Object.keys(errors).length > 0) throw new Error(`${request.path} failed: ${JSON.stringify(errors)}`)
  return p50
}

/** Milliseconds per request beside few rows and beside ten times as many, asked in turn; the ratio is the median of the rounds'. */
export async function growRows(url: string, print: (line: string) => void): Promise<Grown[]> {
  const places = [1, TIMES].map((times) => ({ times, url: sibling(url, `opsgraph_bench_growth_${times}`) }))
  for (const { times, url: own } of places) await openDatabase(shapeOf(times), own, print)
  const servers: Running[] = []
  try {
    for (const { url: own } of places) servers.push(await startProduct(own))
    const grown: Grown[] = []
    for (const { what, request, counted = false } of REQUESTS) {
      const rounds: [number, number][] = []
      for (let round = 0; round < ROUNDS; round += 1)
        rounds.push([await costs(servers[0]!, request), await costs(servers[1]!, request)])
      const [few, many] = [0, 1].map((at) => median(rounds.map((each) => each[at]!))) as [number, number]
      grown.push({ what, counted, few, many, ratio: median(rounds.map(([small, large]) => large / small)) })
    }
    return grown
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
