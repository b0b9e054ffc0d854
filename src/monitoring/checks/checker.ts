import type { Clock } from '../../core/clock.ts'
import type { Checked, Checker, CheckWish } from '../../core/context.ts'
import { outboundError } from '../../outbound/error.ts'
import type { Outbound } from '../../outbound/outbound.ts'
import { type Ping, systemPing } from './ping.ts'
import type { Probe, Seen } from './probe.ts'
import { dns } from './probes/dns.ts'
import { domain } from './probes/domain.ts'
import { http } from './probes/http.ts'
import { icmp } from './probes/icmp.ts'
import { tcp } from './probes/tcp.ts'
import { tls } from './probes/tls.ts'

const TIMEOUT_MS = 10_000
const LONGEST = 500

type Options = { outbound: Outbound; clock: Clock; rdapUrl: string; ping?: Ping; timeoutMs?: number }

function concernOf({ slowAfterMs }: CheckWish, { concern, responseTimeMs }: Seen): string | undefined {
  if (concern || slowAfterMs === null || responseTimeMs === undefined || responseTimeMs <= slowAfterMs) return concern
  return `The answer took ${responseTimeMs} ms, more than ${slowAfterMs}.`
}

function found(wish: CheckWish, seen: Seen): Checked {
  const { fault, doubt } = seen
  const concern = concernOf(wish, seen)
  const error = (fault ?? doubt ?? concern)?.slice(0, LONGEST) ?? null
  return {
    status: fault ? 'down' : doubt ? 'unknown' : concern ? 'warning' : 'up',
    via: seen.via,
    statusCode: seen.statusCode ?? null,
    responseTimeMs: seen.responseTimeMs ?? null,
    error,
    sslExpiresAt: seen.sslExpiresAt ?? null,
    domainExpiresAt: seen.domainExpiresAt ?? null,
  }
}

type Failed = { syscall?: string; code?: string } | undefined

/** This machine's own name servers are gone: that says nothing about whoever was asked for. */
const isOurs = (cause: Failed): boolean =>
  cause?.code === 'ECONNREFUSED' && (cause.syscall?.startsWith('query') ?? false)

function failed({ checkType }: CheckWish, error: unknown): Seen {
  const { message, cause } = outboundError(error)
  if (isOurs(cause as Failed)) return { via: checkType, doubt: 'This server’s own name servers do not answer.' }
  return { via: checkType, fault: message }
}

/** Looks at what users name, through the guard, and gives up after 10 s. */
export function createChecker({
  outbound,
  clock,
  rdapUrl,
  ping = systemPing(),
  timeoutMs = TIMEOUT_MS,
}: Options): Checker {
  const probes: Record<CheckWish['checkType'], Probe> = { http, tcp, icmp: icmp(ping), dns, tls, domain }
  return {
    async check(wish, given) {
      const deadline = AbortSignal.timeout(timeoutMs)
      const signal = given ? AbortSignal.any([given, deadline]) : deadline
      const means = { outbound, rdapUrl, now: clock.now(), timeoutMs, signal }
      const seen = await probes[wish.checkType](wish, means).catch((error: unknown) => failed(wish, error))
      return found(wish, seen)
    },
  }
}
