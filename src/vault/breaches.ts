import { hash } from 'node:crypto'
import { pwnedPasswordRange } from 'hibp'
import type { Breaches } from '../core/context.ts'

const TIMEOUT_MS = 5000
const PREFIX = 5
const SUFFIX = /^[0-9A-F]{35}$/

/** A range is never empty: what looks otherwise comes from something else that answered. */
const isRange = (range: Record<string, number>): boolean => {
  const entries = Object.entries(range)
  return entries.length > 0 && entries.every(([suffix, count]) => SUFFIX.test(suffix) && Number.isSafeInteger(count))
}

/** Asks by k-anonymity: no more than five characters of a SHA-1 hash leave, and hundreds of passwords share them. */
export const createBreaches = (baseUrl: string, version: string): Breaches => ({
  async timesSeen(password) {
    const digest = hash('sha1', password, 'hex').toUpperCase()
    const options = { baseUrl, timeoutMs: TIMEOUT_MS, addPadding: true, userAgent: `opsgraph ${version}` }
    const range = await pwnedPasswordRange(digest.slice(0, PREFIX), options).catch(() => undefined)
    return range && isRange(range) ? (range[digest.slice(PREFIX)] ?? 0) : undefined
  },
})
