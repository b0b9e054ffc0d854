import { isIP } from 'node:net'
import type { CheckWish } from '../../core/context.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { parseTarget } from '../monitors/target.ts'

/** What a probe saw. A fault makes it down, a doubt unknown, a concern a warning; without any it is up. */
export type Seen = {
  via: string
  statusCode?: number
  responseTimeMs?: number
  sslExpiresAt?: Date | undefined
  domainExpiresAt?: Date | undefined
  fault?: string | undefined
  doubt?: string | undefined
  concern?: string | undefined
}

export type Means = {
  outbound: Outbound
  /** Where registrations of domains are looked up. */
  rdapUrl: string
  now: Date
  timeoutMs: number
  signal: AbortSignal
}

export type Probe = (wish: CheckWish, means: Means) => Promise<Seen>

export type Place = { host: string; port: number | undefined }

const USUAL: Record<string, number> = { 'http:': 80, 'https:': 443 }

/** Where a check goes: the host of a website's address, or the target. */
export function placeOf({ kind, url, target }: CheckWish): Place {
  if (kind === 'wan' && target) return parseTarget(target)!
  const { hostname, port, protocol } = new URL(url!)
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || USUAL[protocol] }
}

export const isAddress = (host: string): boolean => isIP(host) !== 0

/** The milliseconds that something took. */
export async function timed<T>(work: () => Promise<T>): Promise<{ value: T; responseTimeMs: number }> {
  const from = performance.now()
  const value = await work()
  return { value, responseTimeMs: Math.round(performance.now() - from) }
}

const DAY_MS = 86_400_000

const day = (time: Date): string => time.toISOString().slice(0, 10)

/** What is to be said of something that ends: nothing, while it is good for more days than these. */
export function ending(what: string, expiresAt: Date, now: Date, warnedDays: number): Pick<Seen, 'fault' | 'concern'> {
  if (expiresAt <= now) return { fault: `${what} expired on ${day(expiresAt)}.` }
  if (expiresAt.getTime() - now.getTime() > warnedDays * DAY_MS) return {}
  return { concern: `${what} expires on ${day(expiresAt)}.` }
}

export const CERTIFICATE_DAYS = 14
