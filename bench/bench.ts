import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { clean, openDatabase } from './data/database.ts'
import { SHAPE } from './data/shape.ts'
import { type Options, readOptions } from './options.ts'
import { type Peer, startProduct } from './peers.ts'
import { cpuTable, legend, type ServerFacts, table, verdicts } from './report.ts'
import { type Fleet, launch } from './run/fleet.ts'
import { missingPackages } from './run/install.ts'
import { measure, type Plan, type Results } from './run/measure.ts'
import { residentMemory } from './run/server.ts'

const CONNECTIONS = 32

const print = (line: string) => void process.stdout.write(`${line}\n`)

/** Without the peers whose packages could not be had. */
async function present({ peers, quick }: Options): Promise<Peer[]> {
  const folders = [...new Set(peers.filter(needs).map(folder))]
  const missing: string[] = []
  for (const name of folders) missing.push(...(await missingPackages(name, !quick, print)))
  const lacks = (peer: Peer) => missing.includes(needs(peer) ?? '')
  for (const peer of peers.filter(lacks))
    print(`left out: ${peer.name}, because the package ${needs(peer)} is not installed`)
  return peers.filter((peer) => !lacks(peer))
}

const needs = ({ server }: Peer): string | undefined => (server === 'product' ? undefined : server.needs)
const folder = ({ server }: Peer): string => (server === 'product' ? '' : (server.folder ?? ''))

/** Everything is in place after the first start: what a person waits for who starts the server again. */
async function warmStart(url: string): Promise<number> {
  const running = await startProduct(url, 'npm', ['start', '--silent'])
  await running.stop()
  return running.readyMs
}

async function serverFacts({ product, stop }: Fleet, url: string): Promise<ServerFacts | undefined> {
  const afterMiB = product && (await residentMemory(product.pid))
  await stop()
  return product && { idleMiB: product.idleMiB, afterMiB: afterMiB!, readyMs: await warmStart(url) }
}

async function run(options: Options, plan: Plan): Promise<{ results: Results; server: ServerFacts | undefined }> {
  // A run that was ended early has left rows.
  await clean(plan.url, plan.shape)
  const fleet = await launch(await present(options), plan.url)
  const results: Results = {}
  try {
    for (const workload of options.workloads) results[workload] = await measure(fleet.members, workload, plan, print)
  } catch (error) {
    await fleet.stop()
    throw error
  }
  return { results, server: await serverFacts(fleet, plan.url) }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  const shape = { ...SHAPE, ...(options.oneOrganization && { assetOrganizations: 1 }) }
  const { url, version, close } = await openDatabase(shape, process.env.BENCH_DATABASE_URL, print)
  const { rounds, seconds, quick } = options
  print(
    `PostgreSQL ${version}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${CONNECTIONS} connections, ${seconds} s, ${rounds} round(s)`,
  )
  print(legend())
  try {
    const plan = { url, shape, rounds, seconds, warmup: quick ? 2 : 3, connections: CONNECTIONS }
    const { results, server } = await run(options, plan)
    print(`\n${table(results)}\n`)
    const spent = cpuTable(results)
    if (spent) print(`CPU per request in microseconds, of the server + of PostgreSQL:\n\n${spent}\n`)
    for (const line of verdicts(results, server)) print(line)
    if (options.json)
      await writeFile(options.json, `${JSON.stringify({ ...results, ...(server && { server }) }, null, 2)}\n`)
  } finally {
    await close()
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

main().catch((error: Error) => {
  process.stderr.write(`opsgraph bench: ${error.message}\n`)
  process.exitCode = 1
})
