import { Lines } from './lines.ts'
import { rowOf } from './object.ts'
import { type FileRow, LONGEST_ROW, type Reader, type Reading, TOO_LONG } from './row.ts'
import { Unreadable } from './unreadable.ts'

const NO_ARRAY = 'is not an array of JSON objects.'
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c]
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])
const [ARRAY] = OPENING
const [ARRAY_END] = CLOSING
const SPACE = new Set([0x20, 0x0a, 0x0d, 0x09])

/**
 * Cuts an array into its elements, each of which JSON.parse reads: streaming parsers do not tell where an element begins,
 * and the one that does loses U+FEFF in texts.
 */
class JsonRows {
  private readonly reading: Reading
  private readonly lines = new Lines()
  /** Bytes before this chunk, and those of the element that came with chunks before it. */
  private before = 0
  private kept: Buffer[] = []
  private depth = 0
  private ended = false
  private inText = false
  private escaped = false
  private line: number | undefined
  private rows = 0

  constructor(reading: Reading) {
    this.reading = reading
  }

  *write(bytes: Buffer): Generator<FileRow> {
    this.lines.add(bytes)
    let from = 0
    for (let at = 0; at < bytes.length; at += 1) {
      const within = this.depth > 0
      if (!this.cuts(bytes[at]!, at)) continue
      if (within) yield* this.element(bytes.subarray(from, at))
      from = at + 1
    }
    this.keep(bytes.subarray(from))
    this.before += bytes.length
  }

  finish(): void {
    if (this.depth === 0 && !this.ended) throw new Unreadable(NO_ARRAY, 1)
    if (!this.ended) throw this.broken('it ends within the array')
  }

  /** Whether a byte is the array's own: its brackets and the commas between its elements. */
  private cuts(byte: number, at: number): boolean {
    if (this.inText) return this.readText(byte)
    if (SPACE.has(byte)) return false
    if (this.ended) throw this.broken('something comes after the array', at)
    if (this.depth === 0 && byte !== ARRAY) throw new Unreadable(NO_ARRAY, this.lines.at(this.before + at))
    if (this.depth === 1) this.line ??= this.lines.at(this.before + at)
    this.inText = byte === QUOTE
    if (OPENING.has(byte)) return ++this.depth === 1
    if (!CLOSING.has(byte)) return byte === COMMA && this.depth === 1
    this.ended = --this.depth === 0
    if (this.ended && byte !== ARRAY_END) throw this.broken('a brace closes the array')
    return this.ended
  }

  private readText(byte: number): false {
    if (this.escaped) this.escaped = false
    else if (byte === BACKSLASH) this.escaped = true
    else this.inText = byte !== QUOTE
    return false
  }

  private keep(bytes: Buffer): void {
    if (this.depth === 0) return
    this.kept.push(bytes)
    if (this.kept.reduce((sum, { length }) => sum + length, 0) > LONGEST_ROW)
      throw new Unreadable(TOO_LONG, this.line ?? 1)
  }

  private *element(rest: Buffer): Generator<FileRow> {
    const bytes = Buffer.concat([...this.kept, rest])
    this.kept = []
    const text = bytes.toString().trim()
    if (text === '' && this.ended && this.rows === 0) return
    if (bytes.length > LONGEST_ROW) throw new Unreadable(TOO_LONG, this.line)
    const value = this.parsed(text)
    this.rows += 1
    yield rowOf(value, { row: this.rows, line: this.line!, bytes: bytes.length }, this.reading)
    this.line = undefined
  }

  private parsed(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw this.broken((error as Error).message)
    }
  }

  private broken(why: string, at = 0): Unreadable {
    return new Unreadable(`is not JSON throughout: ${why}.`, this.line ?? this.lines.at(this.before + at))
  }
}

/** One array of objects, however large. */
export const readJson: Reader = async function* (bytes, reading) {
  const rows = new JsonRows(reading)
  for await (const chunk of bytes) yield* rows.write(chunk)
  rows.finish()
}
