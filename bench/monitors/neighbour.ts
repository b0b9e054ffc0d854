import { Caller } from '../../test/crash/caller.ts'
import type { Running } from '../run/server.ts'
import { startFarm } from './farm-process.ts'
import { found } from './organization.ts'
import { enable, fill, type Plan, startRole } from './simulation.ts'

export type Pace = { asked: number; p50: number; p99: number }
/** Of one process without monitors, of one that checks them beside, and of one whose monitors another one checks. */
export type Neighbours = { alone: Pace; beside: Pace; apart: Pace }

const CALLERS = 10
const EVERY_MS = 100
const SETTLE_MS = 75_000
const WARM_UP_SECONDS = 10
/** The quietest round counts: the others tell of the machine's other work. */
const ROUNDS = 3

const percentile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1]!

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** How long answers take to those who ask at a steady pace, a hundred times a second together. */
async function pace(url: string, key: string, seconds: number): Promise<Pace> {
  using caller = new Caller(url, key, CALLERS)
  const until = performance.now() + seconds * 1000
  const ask = async (i: number) => {
    const taken: number[] = []
    await pause((i * EVERY_MS) / CALLERS)
    while (performance.now() < until) {
      const { status, took } = await caller.call('/api/v1/leads')
      if (status !== 200) throw new Error(`The API answered ${status}.`)
      taken.push(took)
      await pause(Math.max(0, EVERY_MS - took))
    }
    return taken
  }
  const taken = (await Promise.all(Array.from({ length: CALLERS }, (_, i) => ask(i)))).flat()
  return { asked: taken.length, p50: percentile(taken, 0.5), p99: percentile(taken, 0.99) }
}

async function quietest(url: string, key: string, seconds: number): Promise<Pace> {
  const rounds: Pace[] = []
  for (let i = 0; i < ROUNDS; i += 1) rounds.push(await pace(url, key, seconds))
  return rounds.reduce((best, each) => (each.p99 < best.p99 ? each : best))
}

type Role = Parameters<typeof startRole>[1]

/** What is measured at the first of these processes, while all of them run. */
async function among<T>(url: string, roles: readonly Role[], work: (base: string) => Promise<T>): Promise<T> {
  const running: Running[] = []
  try {
    for (const role of roles) running.push(await startRole(url, role))
    return await work(`http://127.0.0.1:${running[0]!.port}`)
  } finally {
    await Promise.all(running.map((each) => each.stop()))
  }
}

/** The API's answers while monitors are paused, and while they are checked by the same process and by another one. */
export async function neighbours(url: string, plan: Plan, say: (line: string) => void): Promise<Neighbours> {
  const farm = await startFarm()
  try {
    await fill(url, plan, farm)
    const key = await found(url)
    const seconds = (plan.minutes * 60) / ROUNDS
    const asked = async (base: string) => {
      await pace(base, key, WARM_UP_SECONDS)
      return quietest(base, key, seconds)
    }
    say('asking the API beside paused monitors …')
    const alone = await among(url, ['all'], asked)
    await enable(url)
    say('asking the API of a process that checks monitors …')
    const beside = await among(url, ['all'], (base) => pause(SETTLE_MS).then(() => asked(base)))
    say('asking the API while another process checks monitors …')
    return {
      alone,
      beside,
      apart: await among(url, ['api', 'worker'], (base) => pause(SETTLE_MS).then(() => asked(base))),
    }
  } finally {
    await farm.stop()
  }
}
