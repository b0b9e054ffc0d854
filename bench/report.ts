import { PEERS, type Peer } from './peers.ts'
import type { Result, Results } from './run/measure.ts'
import { MEANING, WORKLOADS, type Workload } from './workloads.ts'

export type ServerFacts = { readyMs: number; idleMiB: number; afterMiB: number }

const number = (value: number) => Math.round(value).toLocaleString('en')

const cell = (result: Result | undefined) =>
  result ? `${result.ratio.toFixed(2)} (${number(result.rps)}/s, p99 ${result.p99.toFixed(1)} ms)` : '–'

const row = (cells: string[]) => `| ${cells.join(' | ')} |`

function tableOf(results: Results, cellOf: (result: Result | undefined) => string): string {
  const measured = WORKLOADS.filter((workload) => results[workload])
  const named = PEERS.filter(({ name }) => measured.some((workload) => results[workload]![name]))
  const line = ({ name, title }: Peer) => row([title, ...measured.map((workload) => cellOf(results[workload]![name]))])
  return [row(['', ...measured]), row(Array(measured.length + 1).fill('---')), ...named.map(line)].join('\n')
}

/** Ratios to the hand-written limit, with what they were made of, as Markdown. */
export const table = (results: Results): string => tableOf(results, cell)

/** What the processor did for a request, in microseconds: for the server, and for PostgreSQL; empty where nobody counts it. */
export function cpuTable(results: Results): string {
  const counted = Object.values(results).some((peers) => Object.values(peers).some(({ cpu }) => cpu))
  const spent = (result: Result | undefined) =>
    result?.cpu ? `${number(result.cpu.server)} + ${number(result.cpu.postgres)}` : '–'
  return counted ? tableOf(results, spent) : ''
}

export const legend = (): string => WORKLOADS.map((workload) => `${workload}: ${MEANING[workload]}`).join('\n')

type Least = { ordinary: number; compiled: number; ofPostGraphile: number }

/** Shares of the limit: what the ordinary executor promises, and what compiled reads do. */
const LEAST: Record<Workload, Least> = {
  W1: { ordinary: 0.28, compiled: 0.92, ofPostGraphile: 2.3 },
  W2: { ordinary: 0.2, compiled: 0.88, ofPostGraphile: 5 },
  W3: { ordinary: 0.16, compiled: 0.9, ofPostGraphile: 2.6 },
  W4: { ordinary: 0.18, compiled: 0.8, ofPostGraphile: 3 },
  W5: { ordinary: 0.8, compiled: 0.92, ofPostGraphile: 2 },
}
const MOST = { p99: 1.5, readyMs: 3000, idleMiB: 150, afterMiB: 250 }

const verdict = (met: boolean, what: string) => `${met ? 'ok   ' : 'below'} ${what}`

/** `spine`: less than compiled reads promise, and as much as the ordinary executor does. */
const shareVerdict = (share: number, { ordinary, compiled }: Least, what: string) =>
  share < compiled && share >= ordinary ? `spine ${what}` : verdict(share >= compiled, what)

function judged(workload: Workload, door: 'graphql' | 'rest', results: Results): string[] {
  const { [door]: own, postgraphile, 'limit-documents': documents } = results[workload] ?? {}
  if (!own) return []
  const least = LEAST[workload]
  const { ordinary, compiled, ofPostGraphile } = least
  const named = `${workload} ${door}:`
  const lines = [
    shareVerdict(
      own.ratio,
      least,
      `${named} ${own.ratio.toFixed(2)} of the limit (compiled ≥ ${compiled}, spine ≥ ${ordinary})`,
    ),
    verdict(own.p99Ratio <= MOST.p99, `${named} p99 ${own.p99Ratio.toFixed(2)} × the limit's (≤ ${MOST.p99})`),
  ]
  if (documents && door === 'rest') {
    const share = own.ratio / documents.ratio
    lines.push(
      shareVerdict(share, least, `${named} ${share.toFixed(2)} of the limit that shows as much (≥ ${compiled})`),
    )
  }
  if (!postgraphile) return lines
  const times = own.rps / postgraphile.rps
  lines.push(verdict(times >= ofPostGraphile, `${named} ${times.toFixed(1)} × PostGraphile (≥ ${ofPostGraphile})`))
  return lines
}

/** Every promise of speed and size, kept or not. */
export function verdicts(results: Results, server: ServerFacts | undefined): string[] {
  const speeds = WORKLOADS.flatMap((workload) => [
    ...judged(workload, 'graphql', results),
    ...judged(workload, 'rest', results),
  ])
  if (!server) return speeds
  const { readyMs, idleMiB, afterMiB } = server
  return [
    ...speeds,
    verdict(readyMs <= MOST.readyMs, `npm start, warm: ready after ${(readyMs / 1000).toFixed(2)} s (≤ 3 s)`),
    verdict(idleMiB <= MOST.idleMiB, `memory before the run: ${number(idleMiB)} MiB (≤ ${MOST.idleMiB})`),
    verdict(afterMiB <= MOST.afterMiB, `memory after the run: ${number(afterMiB)} MiB (≤ ${MOST.afterMiB})`),
  ]
}
