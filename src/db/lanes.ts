/** Where work is done: taken for one piece of it after the other, and given back when nobody waits. */
export type Seats<S> = { open(): Promise<S>; close(seat: S, broken?: Error): void }

export type Work<S> = {
  /** Answers what the seat broke by, if it did; never fails. */
  on(seat: S): Promise<Error | undefined>
  /** There was no seat. */
  fail(error: unknown): void
}

type Turn = { since: number }

/**
 * So many at a time, the others in the order they came. What takes long does not count any more, and whoever waits begins:
 * it is no work that keeps others from theirs, it waits for something itself.
 */
export class Lanes<S> {
  readonly #seats: Seats<S>
  readonly #most: number
  readonly #longMs: number
  /** Those that count, the oldest first. */
  readonly #turns = new Set<Turn>()
  #waiting: Work<S>[] = []
  #watch: NodeJS.Timeout | undefined

  constructor(seats: Seats<S>, most: number, longMs: number) {
    this.#seats = seats
    this.#most = most
    this.#longMs = longMs
  }

  /** Begins it at once where there is room. */
  run(work: Work<S>): void {
    if (this.#turns.size < this.#most || this.#someTakeLong()) this.#begin(work)
    else {
      this.#waiting.push(work)
      this.#watch ??= this.#look()
    }
  }

  #turn(): Turn {
    const turn = { since: performance.now() }
    this.#turns.add(turn)
    return turn
  }

  #begin(work: Work<S>): void {
    const turn = this.#turn()
    this.#seats.open().then(
      (seat) => this.#go(seat, work, turn),
      (error: unknown) => {
        work.fail(error)
        this.#turns.delete(turn)
        this.#beginNext()
      },
    )
  }

  #go(seat: S, work: Work<S>, turn: Turn): void {
    work.on(seat).then((broken) => {
      const counted = this.#turns.delete(turn)
      const next = counted && !broken ? this.#waiting.shift() : undefined
      if (next) this.#go(seat, next, this.#turn())
      else {
        this.#seats.close(seat, broken)
        this.#beginNext()
      }
    })
  }

  #beginNext(): void {
    if (this.#waiting.length > 0 && this.#turns.size < this.#most) this.#begin(this.#waiting.shift()!)
  }

  /** Those who do count no more. */
  #someTakeLong(): boolean {
    const before = this.#turns.size
    const since = performance.now() - this.#longMs
    for (const turn of this.#turns) {
      if (turn.since > since) break
      this.#turns.delete(turn)
    }
    return this.#turns.size < before
  }

  /** Comes back when the oldest will have taken long. */
  #look(): NodeJS.Timeout {
    const [oldest] = this.#turns
    const left = oldest ? oldest.since + this.#longMs - performance.now() : 0
    return setTimeout(() => this.#lookNow(), Math.max(1, left))
  }

  #lookNow(): void {
    this.#watch = undefined
    if (this.#someTakeLong()) for (const work of this.#waiting.splice(0)) this.#begin(work)
    if (this.#waiting.length > 0) this.#watch = this.#look()
  }
}
