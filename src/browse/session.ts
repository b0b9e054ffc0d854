import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Envelope } from '../core/envelope.ts'
import type { Sealer } from '../core/sealer.ts'

/** What a browser was opened by: a key, of which there is only the hash, or somebody's own session. */
export type Opened =
  | { keyHash: Buffer }
  | {
      person: { userId: number; sessionId: number }
      /** The slug of the one that was chosen, where the person belongs to several. */
      organization?: string | undefined
    }
/** Every form has to carry the token. */
export type Session = Visit & { by: Opened }
/** A browser that showed nothing yet. */
export type Visit = { token: string; since: Date }

type Sealed = { hash?: string; user?: number; session?: number; organization?: string; token: string; since: number }

/** As long as the session of a person that a browser holds. */
export const LIFETIME_MS = 12 * 3_600_000
const TOKEN_BYTES = 24

const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url')

/** Compares in the same time whatever was sent. */
export function isToken(wanted: string, given: string | undefined): boolean {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given ?? '')]
  return one.length === other.length && timingSafeEqual(one, other)
}

const content = (by: Opened): Partial<Sealed> =>
  'keyHash' in by
    ? { hash: by.keyHash.toString('base64url') }
    : {
        ...{ user: by.person.userId, session: by.person.sessionId },
        ...(by.organization !== undefined && { organization: by.organization }),
      }

function openedBy({ hash, user, session, organization }: Partial<Sealed>): Opened | undefined {
  if (hash !== undefined) return { keyHash: Buffer.from(hash, 'base64url') }
  return user === undefined || session === undefined
    ? undefined
    : { person: { userId: user, sessionId: session }, organization }
}

/**
 * Sessions live in the browser, sealed with the installation's master key, so that every process knows them and no
 * table has to. They hold no key and no token; what they were opened by is asked for at each request, and ends them with it.
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

  begin(by: Opened): string {
    return this.#seal(this.#session, { ...content(by), token: newToken(), since: this.#now() })
  }

  /** The same session, opened a little otherwise: forms that are shown already stay good. */
  renew({ token, since }: Session, by: Opened): string {
    return this.#seal(this.#session, { ...content(by), token, since: since.getTime() })
  }

  /** A visit, and what the browser keeps of it. */
  visit(): { visit: Visit; sealed: string } {
    const made = { token: newToken(), since: this.#now() }
    return { visit: { ...made, since: new Date(made.since) }, sealed: this.#seal(this.#visit, made) }
  }

  session(sealed: string | undefined): Session | undefined {
    const found = this.#open(this.#session, sealed)
    const by = found && openedBy(found)
    return by && { by, token: found.token, since: new Date(found.since) }
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
