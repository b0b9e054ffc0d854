import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

const BINARY = 'redis-server'

/** Why there is no Redis to try; undefined where there is one. */
export const redisAbsent: string | undefined =
  spawnSync(BINARY, ['--version']).status === 0 ? undefined : `${BINARY} is not installed`

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** A Redis of a test's own, which keeps nothing. */
export class OwnRedis implements AsyncDisposable {
  readonly port: number
  #child: ChildProcess | undefined

  private constructor(port: number) {
    this.port = port
  }

  static async make(): Promise<OwnRedis> {
    const made = new OwnRedis(await freePort())
    await made.start()
    return made
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const flags = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#child = spawn(BINARY, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    for await (const text of this.#child.stdout!) {
      said += text
      if (said.includes('Ready to accept')) return
    }
    throw new Error(`Redis did not start: ${said}`)
  }

  async kill(): Promise<void> {
    const ended = once(this.#child!, 'exit')
    if (this.#child!.kill('SIGKILL')) await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
