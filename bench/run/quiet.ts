import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const SAMPLE_MS = 200
const QUIET = 0.15
const MOST_SAMPLES = 15

function busyAndTotal(): { busy: number; total: number } {
  const times = cpus().map((cpu) => cpu.times)
  const total = times.flatMap((time) => Object.values(time)).reduce((sum, time) => sum + time, 0)
  return { total, busy: total - times.reduce((sum, time) => sum + time.idle, 0) }
}

async function sample(): Promise<number> {
  const before = busyAndTotal()
  await pause(SAMPLE_MS)
  const after = busyAndTotal()
  return (after.busy - before.busy) / Math.max(1, after.total - before.total)
}

/** Waits for the machine to be idle between runs, a few seconds at most; answers how busy others kept it (0 to 1). */
export async function foreignLoad(): Promise<number> {
  let least = 1
  for (let i = 0; i < MOST_SAMPLES; i += 1) {
    least = Math.min(least, await sample())
    if (least <= QUIET) break
  }
  return least
}

export const isForeign = (share: number): boolean => share > QUIET
