import { BoundedMap } from './bounded-map.ts'
import type { Listen, Listening } from './listen.ts'

/** What a room tells every process after it changed what somebody may do: `key:7`, `user:7`, `organization:7`. */
export const ACCESS_CHANNEL = 'opsgraph_access'
export const notifyAccess = `SELECT pg_notify('${ACCESS_CHANNEL}', $1)`

type Options = {
  listen: Listen
  /** Other things said on the channel; true when it was one. */
  overheard?: ((payload: string) => boolean) | undefined
  /** Milliseconds an entry lives. */
  lifetime?: number
  maximum?: number
  /** Monotonic milliseconds: entries age even where the clock is fixed. */
  now?: () => number
}

/** Something looked up, and whose change makes it stale. */
export type Found = { subjects: readonly string[] }

type Entry = { found: Found; until: number }

/** What was found lately. Nothing is kept while revocations cannot be heard. */
export class CredentialCache {
  readonly #entries: BoundedMap<Entry>
  readonly #underway = new Map<string, Promise<Found | undefined>>()
  readonly #lifetime: number
  readonly #now: () => number
  readonly #listening: Listening
  #hearing = false
  #generation = 0

  constructor({ listen, overheard, lifetime = 5000, maximum = 10_000, now = () => performance.now() }: Options) {
    this.#entries = new BoundedMap(maximum)
    this.#lifetime = lifetime
    this.#now = now
    this.#listening = listen(
      ACCESS_CHANNEL,
      (subject) => overheard?.(subject) || this.forget(subject),
      (up) => {
        this.#hearing = up
        this.forget()
      },
    )
  }

  /** One kind of entries, with a name of its own before each. */
  kind<F extends Found>(name: string): Kind<F> {
    return {
      get: (id) => this.#get(`${name} ${id}`) as F | undefined,
      load: (id, find) => this.#load(`${name} ${id}`, find) as Promise<F | undefined>,
    }
  }

  #get(id: string): Found | undefined {
    const entry = this.#entries.get(id)
    if (entry && entry.until > this.#now()) return entry.found
    if (entry) this.#entries.delete(id)
    return undefined
  }

  #load(id: string, find: () => Promise<Found | undefined>): Promise<Found | undefined> {
    const running = this.#underway.get(id)
    if (running) return running
    const looking = this.#look(id, find).finally(() => {
      if (this.#underway.get(id) === looking) this.#underway.delete(id)
    })
    this.#underway.set(id, looking)
    return looking
  }

  /** Forgets what one subject decides on; without one, all. */
  forget(subject?: string): void {
    this.#generation++
    this.#underway.clear()
    this.#entries.deleteWhere(({ found }) => !subject || found.subjects.includes(subject))
  }

  close(): Promise<void> {
    return this.#listening.close()
  }

  /** A look-up that a revocation overtook is answered, but not remembered. */
  async #look(id: string, find: () => Promise<Found | undefined>): Promise<Found | undefined> {
    const started = this.#generation
    const found = await find()
    if (found && this.#hearing && started === this.#generation) this.#keep(id, found)
    return found
  }

  #keep(id: string, found: Found): void {
    const at = this.#now()
    this.#entries.set(id, { found, until: at + this.#lifetime }, ({ until }) => until <= at)
  }
}

export type Kind<F extends Found> = {
  get(id: string): F | undefined
  /** Looks up once for all who ask at the same time, and keeps only what was found. */
  load(id: string, find: () => Promise<F | undefined>): Promise<F | undefined>
}
