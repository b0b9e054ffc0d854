import { hash } from 'node:crypto'

/** A strong tag of what the answer says. The request's id, where a dialect repeats it in the body, is not part of it. */
export function etagOf(body: string | Buffer, requestId?: string): string {
  if (typeof body !== 'string' || requestId === undefined) return `"${hash('sha1', body, 'base64url')}"`
  const mark = `"request_id":${JSON.stringify(requestId)}`
  const at = body.lastIndexOf(mark)
  const lasting = at === -1 ? body : body.slice(0, at) + body.slice(at + mark.length)
  return `"${hash('sha1', lasting, 'base64url')}"`
}

const opaque = (tag: string) => tag.trim().replace(/^W\//, '')

/** Weak comparison, as If-None-Match asks for it. */
export const matchesNone = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some((tag) => opaque(tag) === opaque(etag))

/** Strong comparison, as If-Match asks for it. */
export const matchesStrongly = (header: string, etag: string): boolean =>
  header.trim() === '*' || header.split(',').some((tag) => tag.trim() === etag)
