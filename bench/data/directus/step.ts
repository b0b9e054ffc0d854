import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A step of the preparation in a process of its own, which ends with this one. */
export async function step(args: string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  const stop = () => void child.kill()
  process.once('SIGTERM', stop)
  const [code] = await once(child, 'exit')
  process.off('SIGTERM', stop)
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
}
