import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const LOOK_MS = 2_000
/** Of the time between two looks, what a process without requests may work. */
const QUIET_SHARE = 0.02

type Collect = (how: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void

function collector(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as Collect
  return () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/**
 * V8 keeps what starting and rush hours needed, a quarter of it or more, until it runs short: it is returned now, and
 * whenever the process has become quiet.
 */
export function giveBackMemory(): void {
  const collect = collector()
  collect()
  let since = process.cpuUsage()
  let worked = false
  const look = () => {
    const { user, system } = process.cpuUsage(since)
    const quiet = user + system < LOOK_MS * 1000 * QUIET_SHARE
    if (quiet && worked) collect()
    worked = !quiet
    since = process.cpuUsage()
  }
  setInterval(look, LOOK_MS).unref()
}
