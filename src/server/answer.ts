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

/** Every answer names its request, by which it is found in the log. */
export const REQUEST_ID = 'X-Request-Id'

export const JSON_TYPE = 'application/json; charset=utf-8'

export const jsonAnswer = (status: number, body: unknown, type = JSON_TYPE): Answer => ({
  status,
  headers: { 'content-type': type },
  body: JSON.stringify(body),
})

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && one.toLowerCase() === other.toLowerCase()

/** One header per name, whatever case the parts were written in; the later part wins. */
function merged(first: Record<string, string>, then: Record<string, string>): Record<string, string> {
  const later = Object.keys(then)
  const all: Record<string, string> = {}
  for (const name of Object.keys(first)) if (!later.some((each) => isSame(each, name))) all[name] = first[name]!
  for (const name of later) all[name] = then[name]!
  return all
}

/** What HEAD is answered: all that GET is, but the body. */
export const withoutBody = ({ status, headers, body = '' }: Answer): Answer => ({
  status,
  headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
})

/** Sends an answer once, with its length. */
export function send(res: ServerResponse, answer: Answer, extra: Record<string, string>): void {
  const { status, headers, body, cookies } = answer
  const all = merged(headers, extra)
  if (cookies) res.setHeader('Set-Cookie', cookies)
  if (body !== undefined && !('content-length' in headers)) all['content-length'] = String(Buffer.byteLength(body))
  res.writeHead(status, all)
  if (body === undefined) res.end()
  else res.end(body)
}
