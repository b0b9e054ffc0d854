import { flushCompileCache } from 'node:module'
import type { App } from '../../app.ts'
import { type Config, ROLES } from '../../config.ts'
import type { Demo } from '../../demo/load.ts'
import { startServing } from '../../serve.ts'
import { VERSION } from '../../version.ts'
import { demonstrateOnFirstRun, welcome } from '../../welcome.ts'
import { type Call, type Command, UsageError } from '../command.ts'
import { giveBackMemory } from '../give-back.ts'

/** Asked once, a server stops cleanly, even one that is still starting; asked twice in the same way, it ends at once. */
function told(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => resolve())
  return promise
}

/** The configuration, with the role that the command line names instead of the environment's. */
function configOf(call: Call): Config {
  const role = call.text('role')
  if (role === undefined) return call.config()
  const known = ROLES.find((each) => each === role)
  if (!known) throw new UsageError(`--role must be one of ${ROLES.join(', ')}.`, call.command.name)
  return { ...call.config(), role: known }
}

const isWorker = ({ role }: Config): boolean => role === 'worker'

/** Serves what `prepare` made ready; its demonstration data, when it made some, is shown. */
export async function serveUntilTold(call: Call, prepare: (app: App) => Promise<Demo | undefined>): Promise<void> {
  const asked = told()
  let fresh: Demo | undefined
  const config = configOf(call)
  const serving = await startServing(config, call.terminal.err, async (app) => {
    if (!isWorker(config)) fresh = await prepare(app)
    giveBackMemory()
  })
  const lines: string[] = []
  if (isWorker(config)) lines.push(`Opsgraph is working. It answers ${serving.url}/livez, /readyz and /metrics.`)
  else await welcome(serving.app, serving.url, (line) => lines.push(line), fresh)
  // Now, not only at the end: a process that is killed has none.
  flushCompileCache()
  call.print({ url: serving.url, version: VERSION }, lines.join('\n'))
  await asked
  call.terminal.err('stopping …')
  await serving.stop()
}

export const serve: Command = {
  name: 'serve',
  summary: 'Answers requests and does jobs until it is told to stop.',
  options: {
    role: {
      value: 'role',
      description: 'all, api (answers requests only) or worker (does jobs only); OPSGRAPH_ROLE unless given.',
    },
  },
  run: (call) => serveUntilTold(call, (app) => demonstrateOnFirstRun(app, call.terminal.err)),
}
