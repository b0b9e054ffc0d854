import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

export type Command = { file: string; args: string[]; cwd: string; env?: Record<string, string>; group?: boolean }
export type Running = { port: number; pid: number; readyMs: number; output(): string; stop(): Promise<void> }

const PATIENCE_MS = 60_000
const POLL_MS = 20
const KILL_AFTER_MS = 15_000
const KEPT_OUTPUT = 4000

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

type Kill = (signal: NodeJS.Signals) => void

const alive = new Map<ChildProcess, Kill>()
process.on('exit', () => {
  for (const kill of alive.values()) kill('SIGTERM')
})

/** Nothing that was started outlives the run, however it ends. */
function watch(child: ChildProcess, group: boolean): Kill {
  const kill: Kill = (signal) => void (group ? process.kill(-child.pid!, signal) : child.kill(signal))
  alive.set(child, kill)
  child.once('exit', () => alive.delete(child))
  return kill
}

async function end(child: ChildProcess, kill: Kill): Promise<void> {
  if (!alive.has(child)) return
  const gone = once(child, 'exit')
  kill('SIGTERM')
  const late = setTimeout(() => kill('SIGKILL'), KILL_AFTER_MS)
  await gone
  clearTimeout(late)
}

/** Any answer counts, unless it says that the server is not ready. */
const isUp = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (answer) => {
      await answer.body?.cancel()
      return answer.status !== 503
    },
    () => false,
  )

/** Starts a server and waits until it answers at `path`. */
export async function start(command: Command, port: number, path = '/'): Promise<Running> {
  const { file, args, cwd, env, group = false } = command
  const begun = performance.now()
  const child = spawn(file, args, {
    ...{ cwd, detached: group, stdio: ['ignore', 'pipe', 'pipe'] },
    env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production', ...env },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      output = (output + text).slice(-KEPT_OUTPUT)
    })
  const kill = watch(child, group)
  const stop = () => end(child, kill)
  while (!(await isUp(`http://127.0.0.1:${port}${path}`))) {
    const late = performance.now() - begun > PATIENCE_MS
    if (late) await stop()
    if (late || !alive.has(child)) throw new Error(`${args.join(' ')} did not start:\n${output}`)
    await pause(POLL_MS)
  }
  return { port, pid: child.pid!, readyMs: performance.now() - begun, output: () => output, stop }
}

/** Resident memory in MiB. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1]
  if (kilobytes) return Number(kilobytes) / 1024
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) / 1024
}

const SETTLES_MS = 8_000
const LOOK_MS = 500

/** The memory of a process that has nothing to do, in MiB: what starting needed is given back soon after. */
export async function idleMemory(pid: number): Promise<number> {
  let least = await residentMemory(pid)
  for (const until = performance.now() + SETTLES_MS; performance.now() < until; await pause(LOOK_MS))
    least = Math.min(least, await residentMemory(pid))
  return least
}
