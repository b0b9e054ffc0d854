const LF = 10

/** Which line a byte is on. Asked in the order of the bytes, so that nothing behind the last question is kept. */
export class Lines {
  private breaks: number[] = []
  private passed = 0
  private next = 0
  /** Bytes so far. */
  size = 0

  add(bytes: Uint8Array): void {
    this.breaks.splice(0, this.next)
    this.next = 0
    for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) this.breaks.push(this.size + at)
    this.size += bytes.length
  }

  at(offset: number): number {
    while (this.breaks[this.next] !== undefined && this.breaks[this.next]! < offset) {
      this.next += 1
      this.passed += 1
    }
    return this.passed + 1
  }
}
