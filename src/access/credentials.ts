import type { Clock } from '../core/clock.ts'
import { AppError } from '../core/errors.ts'
import type { SystemQuery } from '../db/tenant.ts'
import type { Claims } from './access-token.ts'
import type { Attempts } from './attempts.ts'
import { type Choose, createChoose } from './choice.ts'
import type { Credential, KeyCredential, Presented, TokenReader } from './credential.ts'
import { CredentialCache } from './credential-cache.ts'
import { keyByHash, keyReader } from './key-reader.ts'
import type { Listen } from './listen.ts'

export type Credentials<C extends Credential = Credential> = {
  /** At once for a key used lately; UNAUTHENTICATED, INVALID_TOKEN or RATE_LIMITED otherwise. */
  authenticate(authorization: string | undefined, address: string): C | Promise<C>
  /** The key in the organization that the caller named; NOT_FOUND where it has no business there. */
  choose: Choose
  /** The same for whoever showed a key before, of which only the hash was kept. */
  resume(keyHash: Buffer, address: string): C | Promise<C>
  /** The same for somebody who signed in before, and holds the session. */
  resumeSession(claims: Claims, address: string): C | Promise<C>
  /** For the process that made a change; the others hear of it. No subject: all. */
  invalidate(subject?: string): void
  close(): Promise<void>
}

type Options<C> = {
  query: SystemQuery
  clock: Clock
  listen: Listen
  overheard?: (payload: string) => boolean
  attempts: Attempts
  /** People, beside API keys. */
  people?: (cache: CredentialCache) => {
    byToken: TokenReader<C>
    bySession(claims: Claims): Presented<C>
  }
  /** Monotonic milliseconds, for the cache. */
  now?: () => number
}

const BEARER = /^bearer +([^ ]+)$/i

const missing = () => new AppError('UNAUTHENTICATED', 'Send a key or token: Authorization: Bearer <key>.')
/** One sentence for every reason: what is wrong with a key is nobody's business who does not hold a good one. */
const refused = () => new AppError('INVALID_TOKEN', 'This key or token is not valid.')

export function createCredentials<C extends Credential = never>(options: Options<C>): Credentials<KeyCredential | C> {
  type Any = KeyCredential | C
  const { query, clock, listen, attempts, now } = options
  const cache = new CredentialCache({ listen, overheard: options.overheard, ...(now && { now }) })
  const byHash = keyByHash({ query, clock, cache })
  const people = options.people?.(cache)
  const readers: readonly TokenReader<Any>[] = [keyReader(byHash), ...(people ? [people.byToken] : [])]

  const recognise = (token: string): Presented<Any> | undefined => {
    for (const read of readers) {
      const presented = read(token)
      if (presented) return presented
    }
    return undefined
  }

  /** Only a wrong credential counts as a failure: neither a good one nor a database that is gone. */
  const look = async (presented: Presented<Any> | undefined, address: string): Promise<Any> => {
    await attempts.begin(address)
    let wrong = false
    try {
      const found = await presented?.find(address)
      wrong = found === undefined
      if (found === undefined) throw refused()
      return found
    } finally {
      if (!wrong) attempts.forgive(address)
    }
  }

  const underway = new Map<string, Promise<Any>>()

  /** The same credential from the same address many times at once is one attempt, not many. */
  const lookOnce = (presented: Presented<Any> | undefined, token: string, address: string): Promise<Any> => {
    const attempt = `${address} ${token}`
    const looking = underway.get(attempt) ?? look(presented, address).finally(() => underway.delete(attempt))
    underway.set(attempt, looking)
    return looking
  }

  const resumed = (presented: Presented<Any> | undefined, name: string, address: string) =>
    presented?.known(address) ?? lookOnce(presented, name, address)

  return {
    authenticate(authorization, address) {
      if (!authorization?.trim()) throw missing()
      const token = BEARER.exec(authorization.trim())?.[1] ?? ''
      const presented = recognise(token)
      return resumed(presented, token, address)
    },
    choose: createChoose(query, cache),
    resume: (keyHash, address) => resumed(byHash(keyHash), `hash ${keyHash.toString('base64')}`, address),
    resumeSession: (claims, address) =>
      resumed(people?.bySession(claims), `session ${claims.userId} ${claims.sessionId}`, address),
    invalidate: (subject) => cache.forget(subject),
    close: () => cache.close(),
  }
}
