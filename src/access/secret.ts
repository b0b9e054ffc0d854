import { hash } from 'node:crypto'
import { CHECKSUM_LENGTH, checksum, randomBase62 } from './base62.ts'

/** What one is given to come back with: a refresh token, or an invitation. */
export type SecretKind = 'refresh' | 'invitation'

const PREFIX: Record<SecretKind, string> = { refresh: 'ogr_', invitation: 'ogi_' }
const RANDOM = 38

export type MintedSecret = { secret: string; hash: Uint8Array<ArrayBuffer> }

const hashOf = (text: string) => Uint8Array.from(hash('sha256', text, 'buffer'))

/** Only its hash is ever stored. */
export function mintSecret(kind: SecretKind): MintedSecret {
  const body = PREFIX[kind] + randomBase62(RANDOM)
  const secret = body + checksum(body)
  return { secret, hash: hashOf(secret) }
}

/** The hash that a secret would be stored as; undefined for what none of ours can be. */
export function secretHash(kind: SecretKind, text: string): Uint8Array<ArrayBuffer> | undefined {
  const prefix = PREFIX[kind]
  const end = prefix.length + RANDOM
  if (text.length !== end + CHECKSUM_LENGTH || !text.startsWith(prefix)) return undefined
  return checksum(text.slice(0, end)) === text.slice(end) ? hashOf(text) : undefined
}
