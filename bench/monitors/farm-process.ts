import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export type Farm = { http: number; tcp: number; stop(): Promise<void> }

/** The targets, in a process of their own: what they cost is not the server's. */
export async function startFarm(): Promise<Farm> {
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit']
  const child = spawn(process.execPath, [join(import.meta.dirname, 'farm.ts')], { stdio })
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const [line] = await once(child.stdout, 'data')
  const stop = async () => {
    process.off('exit', end)
    child.kill()
    await once(child, 'exit')
  }
  return { ...(JSON.parse(String(line)) as { http: number; tcp: number }), stop }
}
