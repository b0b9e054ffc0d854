import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Envelope } from '../core/envelope.ts'
import type { Sealer } from '../core/sealer.ts'

/** A browser that showed a key: of the key there is only the hash, and every form has to carry the token. */
export type Session = { keyHash: Buffer; token: string; since: Date }
/** A browser that showed none yet. */
export type Visit = Omit<Session, 'keyHash'>

type Sealed = { hash?: string; token: string; since: number }

const LIFETIME_MS = 12 * 3_600_000
const TOKEN_BYTES = 24

const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url')

/** Compares in the same time whatever was sent. */
export function isToken(wanted: string, given: string | undefined): boolean {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given ?? '')]
  return one.length === other.length && timingSafeEqual(one, other)
}

/**
 * Sessions live in the browser, sealed with the installation's master key, so that every process knows them and no
 * table has to. They hold no key, and a key that is revoked ends them: it is asked for by its hash at each request.
 */
export class Sessions {
  readonly #session: Sealer
  readonly #visit: Sealer
  readonly #clock: Clock

  constructor(envelope: Envelope, clock: Clock) {
    this.#session = envelope.sealer('browser session')
    this.#visit = envelope.sealer('browser visit')
    this.#clock = clock
  }

  begin(keyHash: Buffer): string {
    return this.#seal(this.#session, { hash: keyHash.toString('base64url'), token: newToken(), since: this.#now() })
  }

  /** A visit, and what the browser keeps of it. */
  visit(): { visit: Visit; sealed: string } {
    const made = { token: newToken(), since: this.#now() }
    return { visit: { ...made, since: new Date(made.since) }, sealed: this.#seal(this.#visit, made) }
  }

  session(sealed: string | undefined): Session | undefined {
    const { hash, ...visit } = this.#open(this.#session, sealed) ?? {}
    if (hash === undefined) return undefined
    const { token, since } = visit as Sealed
    return { keyHash: Buffer.from(hash, 'base64url'), token, since: new Date(since) }
  }

  visited(sealed: string | undefined): Visit | undefined {
    const found = this.#open(this.#visit, sealed)
    return found && { token: found.token, since: new Date(found.since) }
  }

  #now(): number {
    return this.#clock.now().getTime()
  }

  #seal(sealer: Sealer, content: Sealed): string {
    return sealer.seal(Buffer.from(JSON.stringify(content)))
  }

  #open(sealer: Sealer, sealed: string | undefined): Sealed | undefined {
    const text = sealed && sealer.open(sealed)
    if (!text) return undefined
    const content = JSON.parse(text.toString()) as Sealed
    const age = this.#now() - content.since
    return age < LIFETIME_MS ? content : undefined
  }
}
