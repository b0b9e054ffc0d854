import { clean } from '../data/database.ts'
import type { Shape } from '../data/shape.ts'
import type { Load } from '../load/client.ts'
import { bytes, load } from '../load/load.ts'
import { LIMIT } from '../peers.ts'
import { type Ask, asks, type Workload } from '../workloads.ts'
import { check } from './check.ts'
import { type Cpu, startCounting } from './cpu.ts'
import type { Member } from './fleet.ts'
import { foreignLoad, isForeign } from './quiet.ts'

export type Plan = { url: string; shape: Shape; rounds: number; seconds: number; warmup: number; connections: number }
/** `cpu`: microseconds per request. */
export type Result = { rps: number; p50: number; p99: number; ratio: number; p99Ratio: number; cpu?: Cpu }
export type Results = Partial<Record<Workload, Record<string, Result>>>

/** Above this the generator, not the server, may be what was measured. */
const SATURATED = 0.9

const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}

const rotated = <T>(items: T[], by: number): T[] => [
  ...items.slice(by % items.length),
  ...items.slice(0, by % items.length),
]

function warn(line: string): void {
  process.stderr.write(`  ! ${line}\n`)
}

type Measured = Load & { spent: Cpu | undefined }

async function spentBy<T extends Load>(pid: number, work: () => Promise<T>): Promise<T & { spent: Cpu | undefined }> {
  const counted = await startCounting(pid)
  const result = await work()
  const used = await counted()
  const each = (name: keyof Cpu) => used![name] / result.requests
  return { ...result, spent: used && { server: each('server'), postgres: each('postgres') } }
}

async function measureOne(
  { door, name, running }: Member,
  workload: Workload,
  list: Ask[],
  plan: Plan,
): Promise<Measured> {
  if (workload === 'W4') await clean(plan.url, plan.shape)
  const foreign = await foreignLoad()
  if (isForeign(foreign))
    warn(`others keep the machine ${Math.round(foreign * 100)} % busy: read the numbers with care`)
  const requests = list.map((ask) => bytes(door.request(workload, ask)!, ask.key))
  const { connections, warmup, seconds } = plan
  const job = { port: running.port, requests, connections }
  await load({ ...job, warmup: 0, seconds: warmup })
  const result = await spentBy(running.pid, () => load({ ...job, warmup: 0, seconds }))
  const errors = Object.entries(result.errors).map(([how, times]) => `${how} (${times} times)`)
  if (errors.length > 0 || result.requests === 0)
    throw new Error(`${workload}: ${name} failed while measured: ${errors.join(', ')}\n${running.output()}`)
  if (result.cpu > SATURATED) warn(`the load generator itself was ${Math.round(result.cpu * 100)} % busy`)
  return result
}

function summary(own: Measured[], limit: Measured[]): Result {
  const spent = own.flatMap((load) => load.spent ?? [])
  const used = (name: keyof Cpu) => median(spent.map((each) => each[name]))
  const by = (pick: (load: Load) => number) => median(own.map(pick))
  const against = (pick: (load: Load) => number) => median(own.map((load, round) => pick(load) / pick(limit[round]!)))
  return {
    rps: by(({ rps }) => rps),
    p50: by(({ p50 }) => p50),
    p99: by(({ p99 }) => p99),
    ratio: against(({ rps }) => rps),
    p99Ratio: against(({ p99 }) => p99),
    ...(spent.length > 0 && { cpu: { server: used('server'), postgres: used('postgres') } }),
  }
}

/** All peers in turn, round after round, each time in another order; a ratio compares runs of the same round. */
export async function measure(members: Member[], workload: Workload, plan: Plan, log: (line: string) => void) {
  const list = asks(workload, plan.shape)
  const able = members.filter(({ door }) => door.request(workload, list[0]!))
  await check(able, workload, list, plan.url)
  const loads = new Map<string, Measured[]>(able.map(({ name }) => [name, []]))
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const member of rotated(able, round)) {
      const result = await measureOne(member, workload, list, plan)
      loads.get(member.name)!.push(result)
      log(
        `  ${workload} round ${round + 1} ${member.name.padEnd(20)} ${result.rps.toFixed(0).padStart(6)}/s  p99 ${result.p99.toFixed(1)} ms`,
      )
    }
  }
  if (workload === 'W4') await clean(plan.url, plan.shape)
  return Object.fromEntries([...loads].map(([name, own]) => [name, summary(own, loads.get(LIMIT)!)]))
}
