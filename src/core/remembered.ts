/** A map that holds so much and no more: what was set longest ago is forgotten first. */
export class Remembered<V> {
  readonly #entries = new Map<string, { value: V; weight: number }>()
  readonly #most: number
  #weight = 0

  constructor(most: number) {
    this.#most = most
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value
  }

  /** What weighs more than a hundredth of the whole is not worth what it would push out. */
  set(key: string, value: V, weight: number): void {
    this.delete(key)
    if (weight > this.#most / 100) return
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#most) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#entries.delete(key)
    this.#weight -= entry.weight
  }
}
