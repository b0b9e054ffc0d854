import { isIP } from 'node:net'
import { z } from 'zod'
import type { Context } from '../../core/context.ts'
import { invalid } from '../../core/errors.ts'
import * as rules from '../../core/rules.ts'
import { CheckType as CHECKS, MonitorKind as KINDS } from '../../db/generated/enums.ts'
import { parseTarget, target } from './target.ts'

const MINUTES_OF_A_DAY = 1440
/** Registers of domains turn those away who ask more often. */
const DOMAIN_MINUTES = 60

const interval = z
  .int()
  .min(1, 'must be at least 1.')
  .max(MINUTES_OF_A_DAY, `must be at most ${MINUTES_OF_A_DAY}, a day.`)
const statusCode = z.int().min(100, 'must be 100 to 599.').max(599, 'must be 100 to 599.')
const slow = z.int().min(1, 'must be at least 1.').max(10_000, 'must be at most 10000, when a check is given up.')
const expected = z
  .string()
  .min(1, 'must be at least 1 character long.')
  .max(500, 'must be at most 500 characters long.')

const fields = {
  kind: z.enum(KINDS).optional(),
  url: rules.url.nullish(),
  target: target.nullish(),
  checkType: z.enum(CHECKS).optional(),
  checkIntervalMinutes: interval.optional(),
  expectedStatusCode: statusCode.nullish(),
  expectedText: expected.nullish(),
  slowAfterMs: slow.nullish(),
  isEnabled: z.boolean().optional(),
  assetId: z.int().nullish(),
  appId: z.int().nullish(),
}
export const creation = z.object({ name: rules.name, ...fields })
export const change = z.object({ name: rules.name.optional(), ...fields })

type Wish = {
  kind: keyof typeof KINDS
  checkType: keyof typeof CHECKS
  url?: string | null | undefined
  target?: string | null | undefined
  checkIntervalMinutes?: number | undefined
}

const WITHOUT_PORT: ReadonlySet<string> = new Set(['icmp', 'dns', 'domain'])

function assertTarget({ checkType, target }: Wish): void {
  const place = target && parseTarget(target)
  if (!place) throw invalid('target', `is needed to check by ${checkType}.`)
  if (checkType === 'tcp' && !place.port) throw invalid('target', 'needs a port to check by tcp, like example.com:22.')
  if (place.port && WITHOUT_PORT.has(checkType))
    throw invalid('target', `must be a host without a port to check by ${checkType}.`)
  if (checkType === 'domain' && isIP(place.host)) throw invalid('target', 'must be a domain like example.com.')
}

/** A check must have somewhere to go that this server may call. */
export function assertReachable({ outbound }: Context, wish: Wish): void {
  const { kind, checkType, url, target, checkIntervalMinutes } = wish
  if (kind !== 'website' && checkType !== 'http') assertTarget(wish)
  else if (!url) throw invalid('url', 'is needed to check a website, or anything over http.')
  const [urlRefusal, hostRefusal] = [
    url && outbound.refusal(url),
    target && outbound.hostRefusal(parseTarget(target)!.host),
  ]
  if (urlRefusal) throw invalid('url', urlRefusal)
  if (hostRefusal) throw invalid('target', hostRefusal)
  if (checkType === 'domain' && checkIntervalMinutes !== undefined && checkIntervalMinutes < DOMAIN_MINUTES)
    throw invalid('checkIntervalMinutes', `must be at least ${DOMAIN_MINUTES} to look a domain up.`)
}

/** How often, unless somebody says so. */
export const usualInterval = (checkType: Wish['checkType']): number => (checkType === 'domain' ? MINUTES_OF_A_DAY : 5)
