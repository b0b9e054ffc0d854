/** Decisions read off a list of numbers; where it ends the plainest choice is made, so that fewer numbers ask for less. */
export class Choices {
  private readonly numbers: ArrayLike<number>
  private at = 0

  constructor(numbers: ArrayLike<number>) {
    this.numbers = numbers
  }

  below(count: number): number {
    const number = this.numbers[this.at] ?? 0
    this.at += 1
    return number % count
  }

  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!
  }

  /** One to `most` of the values, none of them twice. */
  some<T>(values: readonly T[], most: number): T[] {
    const wanted = 1 + this.below(most)
    return [...new Set(Array.from({ length: wanted }, () => this.of(values)))]
  }
}
