import type { ServerResponse } from 'node:http'
import type { Refused } from '../rest/refusal.ts'

export type Answer = {
  status: number
  headers: Record<string, string>
  body?: string | Buffer | undefined
  /** One `Set-Cookie` header each. */
  cookies?: readonly string[]
  refused?: Refused
}

export const JSON_TYPE = 'application/json; charset=utf-8'

export const jsonAnswer = (status: number, body: unknown, type = JSON_TYPE): Answer => ({
  status,
  headers: { 'content-type': type },
  body: JSON.stringify(body),
})

/** One header per name, whatever case the parts were written in; the later part wins. */
function merged(parts: readonly Record<string, string>[]): Record<string, string> {
  const names = new Map<string, [string, string]>()
  for (const part of parts)
    for (const [name, value] of Object.entries(part)) names.set(name.toLowerCase(), [name, value])
  return Object.fromEntries(names.values())
}

/** What HEAD is answered: all that GET is, but the body. */
export const withoutBody = ({ status, headers, body = '' }: Answer): Answer => ({
  status,
  headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
})

/** Sends an answer once, with its length. */
export function send(res: ServerResponse, answer: Answer, extra: Record<string, string>): void {
  const { status, headers, body, cookies } = answer
  const all = merged([headers, extra])
  if (cookies) res.setHeader('Set-Cookie', cookies)
  if (body !== undefined && !('content-length' in headers)) all['content-length'] = String(Buffer.byteLength(body))
  res.writeHead(status, all)
  if (body === undefined) res.end()
  else res.end(body)
}
