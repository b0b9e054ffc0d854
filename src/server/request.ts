import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { within } from '../access/address.ts'
import type { Config } from '../config.ts'
import { AppError } from '../core/errors.ts'

/** A request as every door sees it. */
export type Asked = {
  req: IncomingMessage
  method: string
  /** Path and query as they came. */
  url: string
  path: string
  requestId: string
  /** The caller's address; behind a trusted proxy, the one it names. */
  address: string
  /** Scheme and host that the caller used. */
  publicBase: string
  startedAt: number
}

const REQUEST_ID = /^[\w.-]{8,64}$/
const HOST = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

function hostOf(req: IncomingMessage): string | undefined {
  const hosts = req.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
  const { host } = req.headers
  return hosts.length === 1 && host !== undefined && HOST.test(host) ? host : undefined
}

const bare = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

/** The nearest address that is not one of our own proxies. */
function callerOf(remote: string, forwarded: string | undefined, proxies: readonly string[]): string {
  const hops = [...(forwarded?.split(',').map((hop) => bare(hop.trim())) ?? []), remote]
  return hops.findLast((hop) => !within(proxies, hop)) ?? hops[0]!
}

export function readRequest(req: IncomingMessage, { trustedProxies, publicUrl }: Config): Asked {
  const url = req.url ?? '/'
  const mark = url.indexOf('?')
  const remote = bare(req.socket.remoteAddress ?? '')
  const proxied = trustedProxies.length > 0 && within(trustedProxies, remote)
  const host = hostOf(req)
  if (host === undefined) throw new AppError('INVALID_REQUEST', 'Send exactly one valid Host header.')
  const given = one(req.headers['x-request-id'])
  const scheme = proxied && one(req.headers['x-forwarded-proto']) === 'https' ? 'https' : 'http'
  const named = proxied ? one(req.headers['x-forwarded-host']) : undefined
  return {
    req,
    method: req.method ?? 'GET',
    url,
    path: mark === -1 ? url : url.slice(0, mark),
    requestId: proxied && given && REQUEST_ID.test(given) ? given : randomUUID(),
    address: proxied ? callerOf(remote, one(req.headers['x-forwarded-for']), trustedProxies) : remote,
    publicBase: publicUrl ?? `${scheme}://${named && HOST.test(named) ? named : host}`,
    startedAt: performance.now(),
  }
}

const tooLarge = (limit: number) =>
  new AppError('PAYLOAD_TOO_LARGE', `The body is larger than ${Math.floor(limit / 1024)} KiB.`)

/** The whole body within its bound; of a longer one the rest is let pass unread, so that the answer arrives. */
export function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  const announced = Number(req.headers['content-length'] ?? 0)
  if (announced > limit) return Promise.reject(tooLarge(limit))
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    const take = (part: Buffer) => {
      size += part.length
      if (size <= limit) return parts.push(part)
      parts.length = 0
      req.off('data', take).resume()
      return reject(tooLarge(limit))
    }
    req.on('data', take)
    req.on('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
    req.on('error', reject)
    req.on('aborted', () => reject(new AppError('INVALID_REQUEST', 'The request was cut off.')))
  })
}

export const KIB = 1024
export const BODY_LIMIT = 1024 * KIB
export const UPLOAD_LIMIT = 25 * 1024 * KIB + 64 * KIB

export const carriesBody = ({ method }: Asked): boolean => method === 'POST' || method === 'PUT' || method === 'PATCH'

/** What the explorer sends along: no form can send it, and no other site without asking first. */
export const PAGE_HEADER = 'x-opsgraph-page'
