import { readdir, readFile } from 'node:fs/promises'

/** Microseconds. */
export type Cpu = { server: number; postgres: number }

const read = (path: string) => readFile(path, 'utf8').catch(() => '')

/** What the scheduler has counted of a process so far. */
async function timeOf(pid: number | string): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const times = await Promise.all(threads.map((thread) => read(`/proc/${pid}/task/${thread}/schedstat`)))
  return times.reduce((sum, time) => sum + Number(time.split(' ')[0] || 0) / 1000, 0)
}

async function timesOfPostgres(): Promise<Map<string, number>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const names = await Promise.all(pids.map((pid) => read(`/proc/${pid}/comm`)))
  const own = pids.filter((_, at) => names[at]!.trim() === 'postgres')
  return new Map(await Promise.all(own.map(async (pid) => [pid, await timeOf(pid)] as const)))
}

/** What a server and all of PostgreSQL's processes on this machine have used from now on; undefined where nobody counts. */
export async function startCounting(pid: number): Promise<() => Promise<Cpu | undefined>> {
  const counts = process.platform === 'linux' && (await read('/proc/self/schedstat')) !== ''
  if (!counts) return async () => undefined
  const [server, postgres] = await Promise.all([timeOf(pid), timesOfPostgres()])
  return async () => {
    const [serverNow, postgresNow] = await Promise.all([timeOf(pid), timesOfPostgres()])
    const used = [...postgresNow].map(([each, time]) => time - (postgres.get(each) ?? 0))
    return { server: serverNow - server, postgres: used.reduce((sum, time) => sum + time, 0) }
  }
}
