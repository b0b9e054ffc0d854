import type { Listen, Listening } from '../access/listen.ts'
import type { SystemQuery } from '../db/tenant.ts'

const CHANNEL = 'opsgraph_events'
/**
 * `waiting`: events were written, and wait to be told. `told`: they have positions, and deliveries are due. `requests`: the
 * request log has more rows.
 */
const WORDS = ['waiting', 'told', 'requests'] as const
export type Word = (typeof WORDS)[number]

/** What is announced in a burst is passed on once: soon, and while there is no end of it so often. */
const GATHER_MS = 20
const BETWEEN_MS = 100

type Options = { query: SystemQuery; listen: Listen; log(message: string, cause?: unknown): void }

/**
 * How processes hear of each other's events. It only wakes: nothing is lost with a word that is not heard, since whoever
 * waits for one looks by itself now and then.
 */
export class Feed {
  readonly #options: Options
  readonly #hearers = new Map<Word, Set<() => void>>(WORDS.map((word) => [word, new Set()]))
  readonly #saying = new Map<Word, NodeJS.Timeout>()
  readonly #saidAt = new Map<Word, number>()
  #ear: Listening | undefined
  #said: Promise<unknown> = Promise.resolve()

  constructor(options: Options) {
    this.#options = options
  }

  /** Says it a moment later, beside whatever is going on: nobody waits for it. */
  say(word: Word): void {
    if (this.#saying.has(word)) return
    const since = performance.now() - (this.#saidAt.get(word) ?? Number.NEGATIVE_INFINITY)
    const wait = Math.max(GATHER_MS, BETWEEN_MS - since)
    this.#saying.set(
      word,
      setTimeout(() => this.#say(word), wait),
    )
  }

  /** Hears a word for as long as it is not told to stop, and once more whenever words may have been missed. */
  on(word: Word, hear: () => void): () => void {
    const hearers = this.#hearers.get(word)!
    hearers.add(hear)
    this.#ear ??= this.#options.listen(
      CHANNEL,
      (said) => this.#heard(said as Word),
      (up) => up && this.#heardAll(),
    )
    return () => void hearers.delete(hear)
  }

  async close(): Promise<void> {
    for (const word of [...this.#saying.keys()]) this.#say(word)
    await this.#said
    await this.#ear?.close()
  }

  #heard(word: Word): void {
    for (const hear of this.#hearers.get(word) ?? []) hear()
  }

  #heardAll(): void {
    for (const word of this.#hearers.keys()) this.#heard(word)
  }

  #say(word: Word): void {
    clearTimeout(this.#saying.get(word))
    this.#saying.delete(word)
    this.#saidAt.set(word, performance.now())
    const { query, log } = this.#options
    this.#said = query(`SELECT pg_notify('${CHANNEL}', $1)`, [word], 'say').catch((error: unknown) =>
      log('other processes were not told of events; they look for themselves', error),
    )
  }
}
