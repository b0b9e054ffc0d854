import { withChecksum } from '../../src/access/base62.ts'
import { type ParsedKey, parseToken } from '../../src/access/token.ts'

/** The same key for the same organization on every machine: nothing but made-up rows lies behind it. */
export const benchKey = (organization: number): string => withChecksum(`dsk_${String(organization).padStart(32, '0')}`)

export const parsed = (organization: number): ParsedKey => parseToken(benchKey(organization))!
