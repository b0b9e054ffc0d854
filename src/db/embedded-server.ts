import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { open, readFile, readlink, rename, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Cluster } from './embedded-cluster.ts'

const run = promisify(execFile)
const LOG_LIMIT_BYTES = 8 * 1024 * 1024
const HOST = '127.0.0.1'
export const POLL_MS = 20

export type Settings = Record<string, string>

const SETTINGS: Settings = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  wal_compression: 'on',
  synchronous_commit: 'on',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
}

export type Postmaster = { pid: number; port: number }

/** What postmaster.pid says: the process on line 1, the port on line 4. */
export async function recorded({ data }: Cluster): Promise<Postmaster | undefined> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  return pid ? { pid, port: Number(lines[3]) } : undefined
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function isPostgres(pid: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'stat=,comm=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
  return /^[^Z]\S*\s.*postgres/.test(stdout.trim())
}

/** Whether that process is this folder's server, rather than a zombie or a stranger who was given its number. */
export async function isRunning({ data }: Cluster, { pid }: Postmaster): Promise<boolean> {
  if (!exists(pid)) return false
  if (process.platform === 'win32') return true
  if (process.platform !== 'linux') return isPostgres(pid)
  return readlink(`/proc/${pid}/cwd`).then(
    (folder) => folder === data,
    (error) => error.code === 'EACCES' && isPostgres(pid),
  )
}

const isFree = (port: number): Promise<number | undefined> =>
  new Promise((done) => {
    const probe = createServer()
    probe.on('error', () => done(undefined))
    probe.listen(port, HOST, () => {
      const { port: found } = probe.address() as { port: number }
      probe.close(() => done(found))
    })
  })

/** The port of the last time when it is free, so that a connection string stays right across restarts. */
async function choosePort({ folder }: Cluster): Promise<number> {
  const last = Number(await readFile(join(folder, 'port'), 'utf8').catch(() => '0'))
  const port = (await isFree(last)) ?? (await isFree(0))
  if (!port) throw new Error('No free port was found on 127.0.0.1 for the database.')
  if (port !== last) await writeFile(join(folder, 'port'), String(port))
  return port
}

async function openLog({ folder }: Cluster) {
  const path = join(folder, 'postgres.log')
  const size = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  if (size > LOG_LIMIT_BYTES) await rename(path, `${path}.1`)
  return open(path, 'a', 0o600)
}

/** Detached: it outlives us when we are killed, and the next start adopts it. `stale` is the recorded non-server. */
export async function start(cluster: Cluster, settings: Settings, stale?: Postmaster): Promise<ChildProcess> {
  const { data, user, distribution } = cluster
  const merged = { ...SETTINGS, ...settings, port: String(await choosePort(cluster)) }
  const flags = Object.entries(merged).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await openLog(cluster)
  // The variable is pg_ctl's way to say that a process is no server; the check of shared memory stays in force.
  const env = { LC_ALL: 'C', ...(stale && { PG_GRANDPARENT_PID: String(stale.pid) }) }
  const stdio: ['ignore', number, number] = ['ignore', log.fd, log.fd]
  const child = spawn(distribution.binaries.postgres, ['-D', data, ...flags], {
    ...user,
    cwd: data,
    detached: true,
    stdio,
    env,
  })
  child.on('error', () => {})
  child.unref()
  await log.close()
  return child
}

export const hasEnded = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid === undefined || exitCode !== null || signalCode !== null

export async function lastWords({ folder }: Cluster): Promise<string> {
  const text = await readFile(join(folder, 'postgres.log'), 'utf8').catch(() => '')
  return text
    .trim()
    .split('\n')
    .filter((line) => /FATAL|PANIC|ERROR/.test(line))
    .slice(-2)
    .join(' ')
}

/** Waits for this one process: pg_ctl's own waiting takes a successor that starts at once for the one it stopped. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const { data, user, distribution } = cluster
  const server = await recorded(cluster)
  await run(distribution.binaries.pg_ctl, ['stop', '-D', data, '-m', 'fast', '-W'], { ...user, cwd: data })
  while (server && (await recorded(cluster))?.pid === server.pid && (await isRunning(cluster, server)))
    await pause(POLL_MS)
}
