import { PEERS, type Peer } from './peers.ts'
import type { Result, Results } from './run/measure.ts'
import { MEANING, WORKLOADS, type Workload } from './workloads.ts'

export type ServerFacts = { readyMs: number; idleMiB: number; afterMiB: number }

const number = (value: number) => Math.round(value).toLocaleString('en')

const cell = (result: Result | undefined) =>
  result ? `${result.ratio.toFixed(2)} (${number(result.rps)}/s, p99 ${result.p99.toFixed(1)} ms)` : '–'

const row = (cells: string[]) => `| ${cells.join(' | ')} |`

/** Ratios to the hand-written limit, with what they were made of, as Markdown. */
export function table(results: Results): string {
  const measured = WORKLOADS.filter((workload) => results[workload])
  const named = PEERS.filter(({ name }) => measured.some((workload) => results[workload]![name]))
  const line = ({ name, title }: Peer) => row([title, ...measured.map((workload) => cell(results[workload]![name]))])
  return [row(['', ...measured]), row(Array(measured.length + 1).fill('---')), ...named.map(line)].join('\n')
}

export const legend = (): string => WORKLOADS.map((workload) => `${workload}: ${MEANING[workload]}`).join('\n')

type Least = { ordinary: number; compiled: number; ofPostGraphile: number }

/** Shares of the limit: what the ordinary executor promises now, and what compiled reads will. */
const LEAST: Record<Workload, Least> = {
  W1: { ordinary: 0.28, compiled: 0.92, ofPostGraphile: 2.3 },
  W2: { ordinary: 0.2, compiled: 0.88, ofPostGraphile: 5 },
  W3: { ordinary: 0.16, compiled: 0.9, ofPostGraphile: 2.6 },
  W4: { ordinary: 0.18, compiled: 0.8, ofPostGraphile: 3 },
  W5: { ordinary: 0.8, compiled: 0.92, ofPostGraphile: 2 },
}
const MOST = { p99: 1.5, readyMs: 3000, idleMiB: 150, afterMiB: 250 }

const verdict = (met: boolean, what: string) => `${met ? 'ok   ' : 'below'} ${what}`

function judged(workload: Workload, door: 'graphql' | 'rest', results: Results): string[] {
  const { [door]: own, postgraphile } = results[workload] ?? {}
  if (!own) return []
  const { ordinary, compiled, ofPostGraphile } = LEAST[workload]
  const lines = [
    verdict(
      own.ratio >= ordinary,
      `${workload} ${door}: ${own.ratio.toFixed(2)} of the limit (≥ ${ordinary}; compiled ≥ ${compiled})`,
    ),
    verdict(
      own.p99Ratio <= MOST.p99,
      `${workload} ${door}: p99 ${own.p99Ratio.toFixed(2)} × the limit's (≤ ${MOST.p99})`,
    ),
  ]
  if (!postgraphile) return lines
  const times = own.rps / postgraphile.rps
  return [
    ...lines,
    verdict(times >= ofPostGraphile, `${workload} ${door}: ${times.toFixed(1)} × PostGraphile (≥ ${ofPostGraphile})`),
  ]
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
