import { cpus } from 'node:os'
import { locate } from '../data/database.ts'
import { scaleOut } from './processes.ts'
import { growRoutes } from './routes.ts'
import { growRows } from './rows.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)
const kept = (holds: boolean) => (holds ? 'kept' : 'NOT KEPT')

/** Promised: at most so many times the cost. */
const ROWS = 1.2
const ROUTES = 1.1
const PROCESSES = 1.7

async function main(): Promise<void> {
  const { url, stop } = await locate(process.env.BENCH_DATABASE_URL, print)
  print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`)
  try {
    print('\n| beside ten times as many rows | few | many | ratio | at most 1.2 |\n| --- | --- | --- | --- | --- |')
    for (const { what, counted, few, many, ratio } of await growRows(url, () => {}))
      print(
        `| ${what} | ${few.toFixed(2)} ms | ${many.toFixed(2)} ms | ${ratio.toFixed(2)} | ${counted ? 'counts every row' : kept(ratio <= ROWS)} |`,
      )
    const { routes, few, many, ratio } = growRoutes()
    print(
      `\nFinding a route among ${routes}: ${few.toFixed(0)} ns, among ${routes * 3}: ${many.toFixed(0)} ns; ratio ${ratio.toFixed(2)}, at most ${ROUTES}: ${kept(ratio <= ROUTES)}.`,
    )
    const scaled = await scaleOut(url, () => {})
    print(
      `\nOne process answers ${scaled.one.toFixed(0)}/s of W1, two ${scaled.two.toFixed(0)}/s; ratio ${scaled.ratio.toFixed(2)}, at least ${PROCESSES} where cores allow: ${scaled.allowed ? kept(scaled.ratio >= PROCESSES) : `${scaled.cores} cores do not`}.`,
    )
  } finally {
    await stop()
  }
}

main().catch((error: Error) => {
  process.stderr.write(`opsgraph bench: ${error.message}\n`)
  process.exitCode = 1
})
