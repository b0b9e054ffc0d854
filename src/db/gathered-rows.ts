/** How a value of each type is written, and that type's number. `write` answers where it ended. */
const TYPES = {
  int: { oid: 23, write: (to: Buffer, value: number, at: number) => to.writeInt32BE(value, at) },
  real: { oid: 700, write: (to: Buffer, value: number, at: number) => to.writeFloatBE(value, at) },
  text: { oid: 25, write: (to: Buffer, value: string, at: number) => at + to.write(value, at) },
  timestamptz: { oid: 1184, write: writeTime },
} as const

export type ColumnType = keyof typeof TYPES
type Value = number | string | Date | null
type Write = (to: Buffer, value: Value, at: number) => number

/** PostgreSQL counts from here. */
const EPOCH_MS = Date.UTC(2000, 0, 1)
const HALF = 2 ** 32

/** Microseconds, as a whole number of 64 bits. */
function writeTime(to: Buffer, value: Date, at: number): number {
  const microseconds = (value.getTime() - EPOCH_MS) * 1000
  const high = Math.floor(microseconds / HALF)
  return to.writeUInt32BE(microseconds - high * HALF, to.writeInt32BE(high, at))
}

/** Dimensions, whether there are NULLs, the type; and of the only dimension: how many, and the first one's number. */
const HEADER = 20
const LENGTH = 4
const NULL = -1
const FIRST_BYTES = 1024
/** Of one UTF-16 code unit in UTF-8. */
const MOST_BYTES = 3
const FIXED_BYTES = 8

const mostBytes = (value: Value): number => (typeof value === 'string' ? value.length * MOST_BYTES : FIXED_BYTES)

/** One column, as PostgreSQL sends and reads an array in binary. */
class Column {
  readonly #oid: number
  readonly #write: Write
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #end = HEADER
  #nulls = 0

  constructor(type: ColumnType) {
    this.#oid = TYPES[type].oid
    this.#write = TYPES[type].write as Write
  }

  add(value: Value): void {
    this.#makeRoom(mostBytes(value))
    const at = this.#end + LENGTH
    if (value === null) this.#nulls = 1
    this.#end = value === null ? at : this.#write(this.#bytes, value, at)
    this.#bytes.writeInt32BE(value === null ? NULL : this.#end - at, at - LENGTH)
  }

  #makeRoom(bytes: number): void {
    const needed = this.#end + LENGTH + bytes
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(needed * 2)
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }

  /** Where an element begins, as far from the first. */
  #place(index: number): number {
    let at = HEADER
    for (let left = index; left > 0; left -= 1) at += LENGTH + Math.max(0, this.#bytes.readInt32BE(at))
    return at
  }

  /** The elements between two places, some NULLs or not. */
  takeFrom(other: Column, from: number, to: number): void {
    const part = other.#bytes.subarray(other.#place(from), other.#place(to))
    this.#makeRoom(part.length)
    this.#end = HEADER + part.copy(this.#bytes, HEADER)
    this.#nulls = other.#nulls
  }

  array(count: number): Buffer {
    for (const [index, value] of [1, this.#nulls, this.#oid, count, 1].entries())
      this.#bytes.writeInt32BE(value, index * LENGTH)
    return this.#bytes.subarray(0, this.#end)
  }
}

/**
 * Rows that wait to be written together: bytes that PostgreSQL reads as one array per column, instead of objects that the
 * collector of garbage has to carry along meanwhile, and that become text which PostgreSQL has to read again.
 */
export class GatheredRows<R extends object> {
  readonly #shape: readonly (readonly [keyof R & string, ColumnType])[]
  readonly #columns: readonly Column[]
  #length = 0

  constructor(shape: readonly (readonly [keyof R & string, ColumnType])[]) {
    this.#shape = shape
    this.#columns = shape.map(([, type]) => new Column(type))
  }

  get length(): number {
    return this.#length
  }

  add(row: R): void {
    for (let at = 0; at < this.#columns.length; at += 1) this.#columns[at]!.add(row[this.#shape[at]![0]] as Value)
    this.#length += 1
  }

  /** One parameter per column. */
  arrays(): Buffer[] {
    return this.#columns.map((column) => column.array(this.#length))
  }

  #between(from: number, to: number): GatheredRows<R> {
    const part = new GatheredRows<R>(this.#shape)
    for (const [at, column] of part.#columns.entries()) column.takeFrom(this.#columns[at]!, from, to)
    part.#length = to - from
    return part
  }

  halves(): [GatheredRows<R>, GatheredRows<R>] {
    const half = this.#length >> 1
    return [this.#between(0, half), this.#between(half, this.#length)]
  }
}
