import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { MASTER_KEY } from '../kit/app.ts'
import { ask } from './written.ts'

const ROOT = join(import.meta.dirname, '../..')
const PATIENCE_MS = 60_000

export type Variables = Record<string, string>
export type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string }

/** A process of the product. What it says is kept; it never outlives the test that started it. */
export class Launched implements AsyncDisposable {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  out = ''
  err = ''
  url = ''

  constructor(args: readonly string[], variables: Variables, flags: readonly string[] = []) {
    const env = { PATH: process.env.PATH, PORT: '0', LOG_LEVEL: 'silent', ...variables }
    this.child = spawn(process.execPath, [...flags, 'src/cli/start.mjs', ...args], { cwd: ROOT, env, stdio: 'pipe' })
    this.child.stdout!.on('data', (text) => (this.out += text))
    this.child.stderr!.on('data', (text) => (this.err += text))
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal, out: this.out, err: this.err }))
  }

  get pid(): number {
    return this.child.pid!
  }

  /** Its ending, once it was told to end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }

  /** Until the server has said where it is. */
  async told(): Promise<void> {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    const dead = this.ended.then(({ err }) => Promise.reject(new Error(`The server did not start: ${err}`)))
    while (!this.url) {
      await Promise.race([once(this.child.stdout!, 'data', { signal }), dead])
      this.url = /"url": "([^"]+)"/.exec(this.out)?.[1] ?? ''
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}

/** A server that has said where it answers. */
export async function serve(variables: Variables, flags: readonly string[] = []): Promise<Launched> {
  const server = new Launched(['serve', '--json'], variables, flags)
  await server.told()
  return server
}

/** One command to its end. */
export const command = (args: readonly string[], variables: Variables): Promise<Ended> =>
  new Launched(args, variables).ended

/** A server on a database that is given. */
export const onDatabase = (url: string, folder: string, more: Variables = {}): Variables => ({
  DATABASE_URL: url,
  OPSGRAPH_DATA: folder,
  OPSGRAPH_MASTER_KEY: MASTER_KEY,
  ...more,
})

export type MadeKey = { id: number; secret: string }

const PLENTY = ['--bucket-capacity', '1000000', '--bucket-refill', '100000']

/** An admin's key, made as an operator makes one; its bucket is never empty unless told otherwise. */
export async function makeKey(variables: Variables, organization: string, bucket = PLENTY): Promise<MadeKey> {
  const which = ['--organization', organization, '--family', 'dashboard', '--admin', '--name', 'crash']
  const { code, out, err } = await command(['keys', 'create', ...which, ...bucket, '--json'], variables)
  if (code !== 0) throw new Error(`No key was made: ${err}`)
  return JSON.parse(out) as MadeKey
}

/** A first organization on an empty database, and its admin's key with a bucket that is never empty. */
export async function found(variables: Variables): Promise<MadeKey> {
  const who = ['--organization', 'acme', '--name', 'Acme', '--email', 'owner@example.com']
  const { code, out, err } = await command(['init', ...who, '--json'], variables)
  if (code !== 0) throw new Error(`No organization was made: ${err}`)
  await ask(variables.DATABASE_URL!, 'UPDATE api_key SET bucket_capacity = 1000000, bucket_refill_per_second = 100000')
  return (JSON.parse(out) as { key: MadeKey }).key
}
