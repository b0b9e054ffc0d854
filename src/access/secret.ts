import { hash } from 'node:crypto'
import { hasChecksum, randomBase62, withChecksum } from './base62.ts'

/** What one is given to come back with: a refresh token, or an invitation. */
export type SecretKind = 'refresh' | 'invitation'

const PREFIX: Record<SecretKind, string> = { refresh: 'ogr_', invitation: 'ogi_' }
const RANDOM = 38
const SHAPES: Record<SecretKind, RegExp> = { refresh: /^ogr_[0-9A-Za-z]{44}$/, invitation: /^ogi_[0-9A-Za-z]{44}$/ }

export type MintedSecret = { secret: string; hash: Uint8Array<ArrayBuffer> }

const hashOf = (text: string) => Uint8Array.from(hash('sha256', text, 'buffer'))

/** Only its hash is ever stored. */
export function mintSecret(kind: SecretKind): MintedSecret {
  const secret = withChecksum(PREFIX[kind] + randomBase62(RANDOM))
  return { secret, hash: hashOf(secret) }
}

/** The hash that a secret would be stored as; undefined for what none of ours can be. */
export function secretHash(kind: SecretKind, text: string): Uint8Array<ArrayBuffer> | undefined {
  return SHAPES[kind].test(text) && hasChecksum(text) ? hashOf(text) : undefined
}
