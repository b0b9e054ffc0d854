import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type App, openApp } from './app.ts'
import type { Config } from './config.ts'
import { createLog, type Log } from './log.ts'
import type { Metrics } from './server/metrics.ts'
import { missingKey, unknownKeys } from './vault/unknown-keys.ts'

const GRACE_MS = 9_000
const IDLE_MS = 50

export type Serving = { app: App; url: string; stop(): Promise<void> }

/** Streams end when they are told to; a server that only shows how it is has none. */
type Answering = Server & { endStreams?(): void }

/** Beside the answering: what is told to stop when the answering is. */
type Beside = readonly { stop(): Promise<void> }[]

/** Stops taking connections, lets requests and jobs in flight finish, writes what is waiting, and closes everything. */
async function stopServing(server: Answering, beside: Beside, app: App): Promise<void> {
  const closed = Promise.all([once(server, 'close'), ...beside.map((each) => each.stop())])
  server.close()
  server.endStreams?.()
  // A connection that was busy is kept open when its request is answered: it is idle only then.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS)
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearInterval(idle)
  clearTimeout(late)
  await app.close()
}

/**
 * Where one row of a list is refused at once, the executor no longer waits for the others, and nobody hears of theirs: a
 * caller's missing permission would end the process.
 */
function hearUnheard(log: Log): () => void {
  const heard = (error: unknown) => log.warn({ error }, 'a rejection was not waited for')
  process.on('unhandledRejection', heard)
  return () => void process.off('unhandledRejection', heard)
}

/** Told at every start: without its key a vault is only found to be shut when somebody needs it. */
async function tellMissingKeys(app: App, progress: (line: string) => void): Promise<void> {
  for (const missing of await unknownKeys(app)) {
    const sentence = missingKey(missing, app.envelope.keyId)
    progress(sentence)
    app.log.warn({ masterKey: missing.keyId, rows: missing.rows }, sentence)
  }
}

type CreateServer = (app: App, metrics: Metrics) => Answering

const WORKS: readonly Config['role'][] = ['all', 'worker']
const ANSWERS: readonly Config['role'][] = ['all', 'api']

async function loadServer(role: Config['role']): Promise<CreateServer> {
  if (!ANSWERS.includes(role)) return (await import('./server/operations-server.ts')).createOperationsServer
  const [{ schema }, { createHttpServer }] = await Promise.all([import('./schema.ts'), import('./server/server.ts')])
  return (app, metrics) => createHttpServer(app, metrics, schema)
}

/** What works is loaded when the process answers already: nobody waits for it. */
function startWorking(app: App, metrics: Metrics): Beside[number] {
  const started = Promise.all([
    import('./jobs/worker.ts').then(({ startWorker }) => startWorker(app, metrics.registry)),
    import('./courier.ts').then(({ startCourier }) => startCourier(app)),
  ])
  return { stop: async () => void (await Promise.all((await started).map((each) => each.stop()))) }
}

async function loadParts(role: Config['role']) {
  const [createServer, { createMetrics }, { startUpkeep }] = await Promise.all([
    loadServer(role),
    import('./server/metrics.ts'),
    import('./upkeep.ts'),
  ])
  const startBeside = (app: App, metrics: Metrics): Beside => [
    ...(ANSWERS.includes(role) ? [startUpkeep(app)] : []),
    ...(WORKS.includes(role) ? [startWorking(app, metrics)] : []),
  ]
  return { createServer, createMetrics, startBeside }
}

/** Opens everything and answers requests, works, or both, until told to stop. */
export async function startServing(
  config: Config,
  progress: (line: string) => void,
  prepare?: (app: App) => Promise<void>,
): Promise<Serving> {
  const loading = loadParts(config.role)
  loading.catch(() => {})
  const log = createLog(config.logLevel)
  const unheard = hearUnheard(log)
  const serving = ANSWERS.includes(config.role)
  const app = await openApp(config, log, { serving, progress }).catch((error: unknown) => {
    unheard()
    throw error
  })
  try {
    const { createServer, createMetrics, startBeside } = await loading
    const metrics = createMetrics(app)
    const server = createServer(app, metrics)
    await prepare?.(app)
    await tellMissingKeys(app, progress)
    server.listen(config.port, config.host)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    const beside = startBeside(app, metrics)
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= stopServing(server, beside, app).finally(unheard)
      return stopped
    }
    return { app, url: config.publicUrl ?? `http://${host}:${port}`, stop }
  } catch (error) {
    unheard()
    await app.close()
    throw error
  }
}
