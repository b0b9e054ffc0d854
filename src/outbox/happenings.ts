import type { QueryResultRow } from 'pg'
import type { Follow, Happening, Happenings, LoggedRequest } from '../core/context.ts'
import { inOrganization, type TenantPool } from '../db/tenant.ts'
import type { Feed, Word } from './feed.ts'
import { EVENTS_AFTER, LAST_EVENT, LAST_REQUEST, REQUESTS_AFTER } from './happenings.sql.ts'
import { Wake } from './wake.ts'

const BATCH = 100
/** Batches that are remembered for others at the same place. */
const REMEMBERED = 64
/** However quiet it is: a word that nobody heard costs no more than this. */
const LOOK_EVERY_MS = 5000

type Source = { word: Word; last: string; after: string; pool: TenantPool; feed: Feed }

/** Many listen at the same place: what is read there is read once for all of them, until there is more. */
class Tail<R extends { cursor: string } & QueryResultRow> {
  readonly #source: Source
  readonly #wake = new Wake()
  readonly #reads = new Map<string, Promise<R[]>>()
  #listening = false

  constructor(source: Source) {
    this.#source = source
  }

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    this.#source.feed.on(this.#source.word, () => {
      this.#reads.clear()
      this.#wake.wake()
    })
  }

  async #ask<Q extends QueryResultRow>(organizationId: number, text: string, values: unknown[]): Promise<Q[]> {
    const result = await inOrganization(organizationId, () => this.#source.pool.query({ text, values }))
    return result.rows as Q[]
  }

  #after(organizationId: number, cursor: string): Promise<R[]> {
    const key = `${organizationId} ${cursor}`
    let read = this.#reads.get(key)
    if (!read) {
      if (this.#reads.size >= REMEMBERED) this.#reads.clear()
      read = this.#ask<R>(organizationId, this.#source.after, [organizationId, cursor, BATCH])
      this.#reads.set(key, read)
      read.catch(() => this.#reads.delete(key))
    }
    return read
  }

  /** A place that was never reached, after a backup was restored, is as good as the last. */
  async #begin(organizationId: number, after: string | undefined): Promise<string> {
    const [found] = await this.#ask<{ last: string }>(organizationId, this.#source.last, [organizationId])
    const { last } = found!
    return after !== undefined && BigInt(after) < BigInt(last) ? after : last
  }

  async *follow(organizationId: number, after: string | undefined, signal: AbortSignal): AsyncGenerator<R[]> {
    this.#listen()
    let cursor = await this.#begin(organizationId, after)
    while (!signal.aborted) {
      const { version } = this.#wake
      const batch = await this.#after(organizationId, cursor)
      if (batch.length > 0) {
        cursor = batch.at(-1)!.cursor
        yield batch
        continue
      }
      await this.#wake.since(version, LOOK_EVERY_MS, signal)
      if (version === this.#wake.version) this.#reads.clear()
    }
  }
}

const follower = <R extends { cursor: string } & QueryResultRow>(source: Source): Follow<R> => {
  const tail = new Tail<R>(source)
  return (...place) => tail.follow(...place)
}

/** What happens here, read from where it is kept; other processes' words only say when to look. */
export const createHappenings = (pool: TenantPool, feed: Feed): Happenings => ({
  events: follower<Happening>({ word: 'told', last: LAST_EVENT, after: EVENTS_AFTER, pool, feed }),
  requests: follower<LoggedRequest>({ word: 'requests', last: LAST_REQUEST, after: REQUESTS_AFTER, pool, feed }),
})
