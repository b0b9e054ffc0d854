import { damaged } from './damage.ts'

/** Bytes as they come, taken so many at a time. */
export class Bytes {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)
  /** How many have been taken. */
  taken = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Holds so many, or all there are; answers whether there were enough. */
  async #hold(count: number): Promise<boolean> {
    const parts: Uint8Array[] = [this.#held]
    let held = this.#held.length
    while (held < count) {
      const next = await this.#source.next()
      if (next.done) break
      parts.push(next.value)
      held += next.value.length
    }
    if (parts.length > 1) this.#held = Buffer.concat(parts)
    return held >= count
  }

  async ended(): Promise<boolean> {
    return !(await this.#hold(1))
  }

  /** So many, or as many as there are. */
  async upTo(count: number): Promise<Buffer> {
    await this.#hold(count)
    return this.take(Math.min(count, this.#held.length))
  }

  async take(count: number): Promise<Buffer> {
    if (!(await this.#hold(count))) throw damaged('it ends too early.')
    const bytes = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(count)
    this.taken += count
    return bytes
  }

  /** Up to a line feed, which is taken as well; undefined where there is none among the first so many. */
  async line(atMost: number): Promise<Buffer | undefined> {
    await this.#hold(atMost)
    const end = this.#held.subarray(0, atMost).indexOf('\n')
    return end < 0 ? undefined : this.take(end + 1)
  }

  /** Nobody takes any more. */
  async close(): Promise<void> {
    await this.#source.return?.()
  }
}
