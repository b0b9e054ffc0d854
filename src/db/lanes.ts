type Work = () => Promise<unknown>

/**
 * So many at a time, the others in the order they came. What takes long does not count any more, and whoever waits begins:
 * it is no work that keeps others from theirs, it waits for something itself.
 */
export class Lanes {
  readonly #most: number
  readonly #longMs: number
  #waiting: Work[] = []
  #taken = 0

  constructor(most: number, longMs: number) {
    this.#most = most
    this.#longMs = longMs
  }

  /** Begins it at once where there is room. */
  run(work: Work): void {
    if (this.#taken < this.#most) this.#begin(work)
    else this.#waiting.push(work)
  }

  #begin(work: Work): void {
    let counts = true
    this.#taken += 1
    const leave = () => {
      if (counts) this.#taken -= 1
      counts = false
    }
    const long = setTimeout(() => {
      leave()
      this.#beginAll()
    }, this.#longMs)
    const end = () => {
      clearTimeout(long)
      leave()
      if (this.#taken < this.#most) this.#beginNext()
    }
    work().then(end, end)
  }

  #beginNext(): void {
    const next = this.#waiting.shift()
    if (next) this.#begin(next)
  }

  #beginAll(): void {
    const all = this.#waiting
    this.#waiting = []
    for (const work of all) this.#begin(work)
  }
}
