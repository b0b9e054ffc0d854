import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { HttpRequest } from '../doors/door.ts'
import type { Job, Load } from './client.ts'

const PROCESS = fileURLToPath(new URL('process.ts', import.meta.url))

/** The bytes of a request, made once. */
export function bytes({ method, path, body }: HttpRequest, key: string): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\naccept: application/json\r\n`
  if (body === undefined) return `${head}\r\n`
  const content = JSON.stringify(body)
  return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(content)}\r\n\r\n${content}`
}

/** In a process of its own, so that the generator's work is not mixed with the harness's. */
export async function load(job: Job): Promise<Load> {
  const child = spawn(process.execPath, [PROCESS], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(job))
  const output = await text(child.stdout)
  if (!output) throw new Error('The load generator ended without a result.')
  return JSON.parse(output)
}
