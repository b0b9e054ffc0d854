import { execFile } from 'node:child_process'

/** Milliseconds to the answer; undefined where nothing answered; `unable` where this machine cannot ask. */
export type Ping = (address: string, timeoutMs: number, signal: AbortSignal) => Promise<number | 'unable' | undefined>

const ONCE = process.platform === 'win32' ? ['-n', '1'] : ['-n', '-c', '1']
const TIME = /time[=<]([\d.]+)\s*ms/

type Ran = { code: number | string | undefined; out: string; err: string }

const run = (address: string, timeout: number, signal: AbortSignal): Promise<Ran> =>
  new Promise((done) => {
    execFile('ping', [...ONCE, address], { timeout, signal }, (error, out, err) =>
      done({ code: error ? (error.code ?? undefined) : 0, out, err }),
    )
  })

const FORBIDDEN = /not permitted|permission denied|privileg/i

/** No such program, or none that may send what it has to. */
const isUnable = ({ code, err }: Ran): boolean => code === 'ENOENT' || code === 'EACCES' || FORBIDDEN.test(err)

/**
 * The machine's own `ping`, which has the right to send ICMP where this process has not. Once it could not be run it is
 * not tried again.
 */
export function systemPing(): Ping {
  let absent = false
  return async (address, timeoutMs, signal) => {
    if (absent) return 'unable'
    const from = performance.now()
    const ran = await run(address, timeoutMs, signal)
    absent = isUnable(ran)
    if (absent) return 'unable'
    if (ran.code !== 0) return undefined
    return Number(TIME.exec(ran.out)?.[1] ?? performance.now() - from)
  }
}
