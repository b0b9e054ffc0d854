import { checksum } from '../../src/access/base62.ts'
import { type ParsedKey, parseToken } from '../../src/access/token.ts'

/** The same key for the same organization on every machine: nothing but made-up rows lies behind it. */
export function benchKey(organization: number): string {
  const body = `dsk_${String(organization).padStart(32, '0')}`
  return body + checksum(body)
}

export const parsed = (organization: number): ParsedKey => parseToken(benchKey(organization))!
