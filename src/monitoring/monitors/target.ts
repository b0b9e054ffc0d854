import { isIP, isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'

/** Where a check goes that has no address of a website. */
export type Target = { host: string; port: number | undefined }

const LABEL = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?'
/** The last label is no number: 999.1.1.1 is a mistake rather than a name. */
const HOST = new RegExp(`^(?=.{1,253}$)(${LABEL}\\.)*(?!\\d+$)${LABEL}$`, 'i')
const MOST_PORTS = 65_535

const isHost = (text: string): boolean => isIPv4(text) || HOST.test(text)

function withPort(host: string, digits: string | undefined): Target | undefined {
  if (digits === undefined) return { host, port: undefined }
  const port = Number(digits)
  return port >= 1 && port <= MOST_PORTS ? { host, port } : undefined
}

/** "example.com", "192.0.2.1:22", "2001:db8::1", "[2001:db8::1]:443"; undefined for anything else. */
export function parseTarget(text: string): Target | undefined {
  if (isIP(text)) return { host: text, port: undefined }
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  if (bracketed !== undefined) return isIPv6(bracketed) ? withPort(bracketed, port) : undefined
  return plain !== undefined && isHost(plain) ? withPort(plain, port) : undefined
}

export const target = z
  .string()
  .trim()
  .refine((text) => parseTarget(text) !== undefined, 'must be a host like example.com or 192.0.2.1, or host:port.')
