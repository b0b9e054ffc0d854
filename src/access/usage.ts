import type { SystemQuery } from '../db/tenant.ts'
import { insertRequests, type KeyUse, noRequests, type RequestRow, type Requests, touchKeys } from './usage.sql.ts'

export type { RequestRow } from './usage.sql.ts'

export type Usage = {
  /** Costs the request nothing: it is written with others, a second later at most. */
  record(row: RequestRow): void
  flush(): Promise<void>
  /** Writes what is left. */
  close(): Promise<void>
}

type Options = {
  query: SystemQuery
  /** Told whenever requests were written. */
  written?: () => void
  log(message: string, cause?: unknown): void
  /** Milliseconds between two batches. */
  every?: number
  /** Rows that wait while the database is gone, beside one batch underway; the oldest give way. */
  maximum?: number
}

/** Few enough that neither this process nor the database is kept from requests while they are written. */
const BATCH = 100
/** So many give way at once, so that they are told of once. */
const GIVE_WAY = 1000

/** SQLSTATE classes of a row that can never be stored: bad data, violated constraint. */
const unstorable = (cause: unknown) => /^2[23]/.test((cause as { code?: string }).code ?? '')

/** Writes the request log and the keys' last use in batches, off the request path. */
export const createUsage = (options: Options): Usage => new BatchedUsage(options)

class BatchedUsage implements Usage {
  readonly #query: SystemQuery
  readonly #log: Options['log']
  readonly #written: () => void
  readonly #maximum: number
  readonly #timer: NodeJS.Timeout
  readonly #uses = new Map<number, KeyUse>()
  /** Once for every batch would be too often. */
  #usesAreDue = false
  #waiting: Requests[] = []
  #count = 0
  #running: Promise<void> | undefined

  constructor({ query, log, written = () => {}, every = 1000, maximum = 100_000 }: Options) {
    this.#query = query
    this.#log = log
    this.#written = written
    this.#maximum = maximum
    this.#timer = setInterval(() => {
      this.#usesAreDue = true
      this.#flushQuietly()
    }, every).unref()
  }

  record(row: RequestRow): void {
    if (this.#count >= this.#maximum) this.#giveWay()
    const batch = this.#open()
    batch.add(row)
    this.#count += 1
    const { apiKeyId, at, address } = row
    if (apiKeyId !== null) this.#uses.set(apiKeyId, { apiKeyId, at, address })
    if (batch.length === BATCH) this.#flushQuietly()
  }

  #giveWay(): void {
    let lost = 0
    while (lost < GIVE_WAY && this.#count > 0) lost += this.#takeOldest()!.length
    this.#log(`${lost} requests were not logged: too many are waiting`)
  }

  /** A batch that has room. */
  #open(): Requests {
    const last = this.#waiting.at(-1)
    if (last && last.length < BATCH) return last
    const batch = noRequests()
    this.#waiting.push(batch)
    return batch
  }

  #takeOldest(): Requests | undefined {
    const oldest = this.#waiting.shift()
    this.#count -= oldest?.length ?? 0
    return oldest
  }

  #putBack(batch: Requests): void {
    this.#waiting.unshift(batch)
    this.#count += batch.length
  }

  /** What was recorded while a batch was underway may not be in it: that is written by the next. */
  async flush(): Promise<void> {
    await this.#running?.catch(() => {})
    this.#usesAreDue = true
    await this.#begin()
  }

  #begin(): Promise<void> {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  #flushQuietly(): void {
    this.#begin().catch((cause) => this.#log('requests could not be logged yet', cause))
  }

  /** A failure of one half does not keep the other from being written. */
  async #drain(): Promise<void> {
    const results = await Promise.allSettled([this.#writeRequests(), this.#writeUses()])
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** What waits now: what is recorded meanwhile waits for the next time, lest there be a batch for every few. */
  async #writeRequests(): Promise<void> {
    for (let left = this.#waiting.length; left > 0; left -= 1) {
      const batch = this.#takeOldest()
      if (!batch) return
      try {
        await this.#write(batch)
        this.#written()
      } catch (cause) {
        this.#putBack(batch)
        throw cause
      }
    }
  }

  /** Halves a batch until the row that cannot be stored stands alone. */
  async #write(rows: Requests): Promise<void> {
    try {
      await insertRequests(this.#query, rows)
    } catch (cause) {
      if (!unstorable(cause)) throw cause
      if (rows.length === 1) return this.#log('a request could not be logged', cause)
      for (const half of rows.halves()) await this.#write(half)
    }
  }

  async #writeUses(): Promise<void> {
    if (!this.#usesAreDue || this.#uses.size === 0) return
    this.#usesAreDue = false
    const batch = [...this.#uses.values()]
    await touchKeys(this.#query, batch)
    for (const use of batch) if (this.#uses.get(use.apiKeyId) === use) this.#uses.delete(use.apiKeyId)
  }
}
