/** A map that forgets: first what is over, then, if nearly everything is in use, the tenth that was set longest ago. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>()
  readonly #maximum: number

  constructor(maximum: number) {
    this.#maximum = maximum
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: V, isOver: (value: V) => boolean): void {
    this.#entries.delete(key)
    if (this.#entries.size >= this.#maximum) this.#makeRoom(isOver)
    this.#entries.set(key, value)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  deleteWhere(matches: (value: V) => boolean): void {
    for (const [key, value] of this.#entries) if (matches(value)) this.#entries.delete(key)
  }

  #makeRoom(isOver: (value: V) => boolean): void {
    this.deleteWhere(isOver)
    let surplus = this.#entries.size - Math.floor(this.#maximum * 0.9)
    for (const key of this.#entries.keys()) {
      if (surplus-- <= 0) break
      this.#entries.delete(key)
    }
  }
}
