import { writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { emptyDatabase } from '../data/empty.ts'
import { type Neighbours, neighbours } from './neighbour.ts'
import { type Outcome, type Percentiles, type Plan, simulate } from './simulation.ts'

const API_MINUTES = 2

const print = (line: string) => void process.stdout.write(`${line}\n`)

function positive(name: string, given: string): number {
  const value = Number(given)
  if (Number.isInteger(value) && value > 0) return value
  throw new Error(`--${name} must be a positive whole number.`)
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      monitors: { type: 'string', default: '5000' },
      organizations: { type: 'string', default: '20' },
      minutes: { type: 'string', default: '5' },
      workers: { type: 'string', default: '1' },
      json: { type: 'string' },
      'without-api': { type: 'boolean', default: false },
    },
  })
  const plan: Plan = {
    ...{ monitors: positive('monitors', values.monitors), workers: positive('workers', values.workers) },
    organizations: positive('organizations', values.organizations),
    minutes: positive('minutes', values.minutes),
  }
  return { plan, json: values.json, api: !values['without-api'] }
}

const seconds = (values: Percentiles): string => values.map((value) => `${value.toFixed(2)} s`).join(' | ')

function report({ checks, begun, answered, status, missed, cores, residentMiB }: Outcome): void {
  print(`\n| | p50 | p99 | max |\n| --- | --- | --- | --- |`)
  print(`| from due to asked | ${seconds(begun)} |\n| from due to answered | ${seconds(answered)} |\n`)
  print(`${checks} checks of monitors that are up; ${missed} monitors were looked at less often than they should.`)
  print(
    `Monitors: ${Object.entries(status)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')}.`,
  )
  print(`The workers kept ${cores.toFixed(2)} cores busy and ${residentMiB.toFixed(0)} MiB resident.`)
}

function reportApi({ alone, beside, apart }: Neighbours): void {
  const row = (what: string, { p50, p99 }: Neighbours['alone']) =>
    `| ${what} | ${p50.toFixed(1)} ms | ${p99.toFixed(1)} ms |`
  print(`\n| the API, 100 requests a second | p50 | p99 |\n| --- | --- | --- |`)
  print(row('while monitors are paused', alone))
  print(row('while the same process checks them', beside))
  print(row('while another process checks them', apart))
}

async function main(): Promise<void> {
  const { plan, json, api } = readOptions(process.argv.slice(2))
  const { monitors, organizations, minutes, workers } = plan
  const what = `${monitors} monitors of ${organizations} organizations, each every minute, ${workers} worker(s), ${minutes} minute(s)`
  print(`${what}; Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`)
  const database = await emptyDatabase(process.env.BENCH_DATABASE_URL, print)
  try {
    const outcome = await simulate(database.url, plan, print)
    report(outcome)
    await database.empty()
    const paces = api ? await neighbours(database.url, { ...plan, minutes: API_MINUTES }, print) : undefined
    if (paces) reportApi(paces)
    if (json) await writeFile(json, `${JSON.stringify({ ...outcome, ...(paces && { api: paces }) }, null, 2)}\n`)
  } finally {
    await database.close()
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

main().catch((error: Error) => {
  process.stderr.write(`opsgraph bench: ${error.message}\n`)
  process.exitCode = 1
})
