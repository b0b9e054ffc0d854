import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../data/database.ts'
import { SHAPE } from '../data/shape.ts'
import { product } from '../doors/graphql.ts'
import { bytes, load } from '../load/load.ts'
import { startProduct } from '../peers.ts'
import { ROOT } from '../root.ts'
import { asks, MEANING, type Workload } from '../workloads.ts'
import { type CpuProfile, type Frame, flameOf } from './profile.ts'
import { flameSvg } from './svg.ts'

const WORKLOADS: readonly Workload[] = ['W1', 'W3']
const WARMUP = 4
const SECONDS = 6
const SHOWN = 25
const CONNECTIONS = 32

const print = (line: string) => void process.stdout.write(`${line}\n`)

/** What the server did while it was asked by so many at once. */
async function profiled(url: string, workload: Workload): Promise<Frame> {
  const folder = await mkdtemp(join(tmpdir(), 'opsgraph-flame-'))
  try {
    const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=500']
    const running = await startProduct(url, process.execPath, [
      ...[...flags, '--max-semi-space-size=16', '--max-old-space-size=1024', 'src/cli/start.mjs', 'serve'],
    ])
    const requests = asks(workload, SHAPE).map((ask) => bytes(product.request(workload, ask)!, ask.key))
    const { rps } = await load({
      port: running.port,
      requests,
      connections: CONNECTIONS,
      warmup: WARMUP,
      seconds: SECONDS,
    })
    await running.stop()
    print(`${workload}: ${rps.toFixed(0)}/s while it was watched`)
    const profiles = await Promise.all(
      (await readdir(folder)).map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile),
    )
    const [longest] = profiles.sort((a, b) => b.samples.length - a.samples.length)
    return flameOf(longest!, SECONDS * 1_000_000)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Where the time went by itself: a function's without what it called. */
function ownTimes(root: Frame): [string, number][] {
  const own = new Map<string, number>()
  const visit = ({ name, time, children }: Frame): void => {
    const below = [...children.values()].reduce((sum, child) => sum + child.time, 0)
    own.set(name, (own.get(name) ?? 0) + time - below)
    for (const child of children.values()) visit(child)
  }
  visit(root)
  return [...own].sort(([, a], [, b]) => b - a)
}

async function main(): Promise<void> {
  const { url, close } = await openDatabase(SHAPE, process.env.BENCH_DATABASE_URL, print)
  try {
    for (const workload of WORKLOADS) {
      const root = await profiled(url, workload)
      const file = join(ROOT, 'bench/flame', `${workload}.svg`)
      await writeFile(file, flameSvg(root, `${workload}: ${MEANING[workload]}, by GraphQL`))
      for (const [name, time] of ownTimes(root).slice(0, SHOWN))
        print(`  ${((100 * time) / root.time).toFixed(1).padStart(5)} %  ${name}`)
    }
  } finally {
    await close()
  }
}

main().catch((error: Error) => {
  process.stderr.write(`opsgraph bench: ${error.message}\n`)
  process.exitCode = 1
})
