import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Cluster, openCluster } from '../../src/db/embedded-cluster.ts'
import { isRunning, POLL_MS, recorded, start } from '../../src/db/embedded-server.ts'

const PATIENCE_MS = 20_000

/** A PostgreSQL of a test's own, which nobody starts again but the test. */
export class Postgres implements AsyncDisposable {
  readonly #folder: string
  readonly #cluster: Cluster
  url = ''

  private constructor(folder: string, cluster: Cluster) {
    this.#folder = folder
    this.#cluster = cluster
  }

  static async make(): Promise<Postgres> {
    const folder = await mkdtemp(join(tmpdir(), 'opsgraph-postgres-'))
    await chmod(folder, 0o755)
    const made = new Postgres(folder, await openCluster(folder, () => {}))
    await made.start()
    return made
  }

  /** Until it answers; what an old server left behind may make a start or two fail. */
  async start(): Promise<void> {
    const until = performance.now() + PATIENCE_MS
    while (!(await this.#answers())) {
      if (performance.now() > until) throw new Error('PostgreSQL did not start.')
      const known = await recorded(this.#cluster)
      if (!known || !(await isRunning(this.#cluster, known))) await start(this.#cluster, {}, known)
      await pause(POLL_MS * 5)
    }
  }

  async #answers(): Promise<boolean> {
    const port = (await recorded(this.#cluster))?.port
    if (!port) return false
    this.url = `postgresql://opsgraph:${this.#cluster.password}@127.0.0.1:${port}/opsgraph`
    const client = new pg.Client(this.url)
    client.on('error', () => {})
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    )
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    const { pid } = (await recorded(this.#cluster))!
    process.kill(pid, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const known = await recorded(this.#cluster)
    if (known && (await isRunning(this.#cluster, known))) process.kill(known.pid, 'SIGKILL')
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 })
  }
}
