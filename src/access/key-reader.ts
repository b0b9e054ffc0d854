import type { Clock } from '../core/clock.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { within } from './address.ts'
import type { KeyCredential, Presented, TokenReader } from './credential.ts'
import type { CredentialCache } from './credential-cache.ts'
import { findKey, type KnownKey } from './key-row.ts'
import { parseToken } from './token.ts'

type Options = { query: SystemQuery; clock: Clock; cache: CredentialCache }

/** Whoever showed the key of a hash. Expiry and address are asked at every use, also of a key that is remembered. */
export type KeyByHash = (hash: Buffer) => Presented<KeyCredential>

export function keyByHash({ query, clock, cache }: Options): KeyByHash {
  const keys = cache.kind<KnownKey>('key')
  const usable = (known: KnownKey | undefined, address: string): KeyCredential | undefined =>
    known && clock.now().getTime() < known.validUntil && within(known.allowedCidrs, address)
      ? known.credential
      : undefined

  return (hash) => {
    const id = hash.toString('base64')
    return {
      known: (address) => usable(keys.get(id), address),
      find: async (address) => usable(await keys.load(id, () => findKey(query, hash)), address),
    }
  }
}

/** API keys. */
export const keyReader =
  (byHash: KeyByHash): TokenReader<KeyCredential> =>
  (token) => {
    const key = parseToken(token)
    return key && byHash(key.hash)
  }
