import { hash, hkdfSync, randomBytes } from 'node:crypto'
import { type Bytes, decrypt, encrypt } from './cipher.ts'
import { Sealer } from './sealer.ts'

/** Where a value is stored. It is bound to this place: moved to another one it cannot be opened. */
export type Place = { organizationId: number; table: string; row: number }
/** A row's own key as it is stored: encrypted by the master key of this id. */
export type WrappedKey = { wrappedKey: Bytes; keyId: string }
export type MasterKey = { id: string; bytes: Bytes }

const KEY = 32
const WRAPPED = 'wrapped_key'

export function masterKey(base64: string): MasterKey {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  if (bytes.length !== KEY) throw new Error(`A master key has ${KEY} bytes, this one has ${bytes.length}.`)
  return { bytes, id: hash('sha256', `opsgraph master key ${base64}`, 'hex').slice(0, 16) }
}

const associated = ({ organizationId, table, row }: Place, column: string): Buffer =>
  Buffer.from(JSON.stringify([organizationId, table, row, column]))

const sealed = (key: Bytes, place: Place, column: string, plain: Uint8Array): Bytes =>
  encrypt(key, associated(place, column), plain)

function unsealed(key: Bytes, place: Place, column: string, stored: Uint8Array): Buffer {
  try {
    return decrypt(key, associated(place, column), stored)
  } catch (cause) {
    const { organizationId, table, row } = place
    throw new Error(`${table}.${column} of row ${row} of organization ${organizationId} cannot be opened.`, { cause })
  }
}

/** The key of one row, which encrypts its columns. */
export class RowKey {
  readonly #bytes: Bytes
  readonly #place: Place

  constructor(bytes: Bytes, place: Place) {
    this.#bytes = bytes
    this.#place = place
  }

  seal(column: string, text: string): Bytes {
    return sealed(this.#bytes, this.#place, column, Buffer.from(text))
  }

  open(column: string, stored: Uint8Array): string {
    return unsealed(this.#bytes, this.#place, column, stored).toString()
  }

  /** A key for what is too large for a column, bound to this place as a column is. */
  stream(column: string): Bytes {
    return new Uint8Array(hkdfSync('sha256', this.#bytes, '', associated(this.#place, column), KEY))
  }
}

/** Envelope encryption: each row has a key of its own, which is stored encrypted by the master key. */
export class Envelope {
  readonly keyId: string
  readonly #keys: ReadonlyMap<string, MasterKey>

  /** Writes with the first key, reads with any of them. */
  constructor(current: MasterKey, previous: readonly MasterKey[] = []) {
    this.keyId = current.id
    this.#keys = new Map([...previous, current].map((key) => [key.id, key]))
  }

  #master(id: string): Bytes {
    const found = this.#keys.get(id)
    if (found) return found.bytes
    throw new Error(
      `A row is encrypted by the master key ${id}, which this process was not given; name it as OPSGRAPH_PREVIOUS_MASTER_KEY.`,
    )
  }

  #wrap(bytes: Uint8Array, place: Place): WrappedKey {
    return { wrappedKey: sealed(this.#master(this.keyId), place, WRAPPED, bytes), keyId: this.keyId }
  }

  #unwrap(place: Place, { wrappedKey, keyId }: WrappedKey): Bytes {
    return Uint8Array.from(unsealed(this.#master(keyId), place, WRAPPED, wrappedKey))
  }

  /** A key for a new row, and what is stored of it. */
  create(place: Place): { key: RowKey; stored: WrappedKey } {
    const bytes = Uint8Array.from(randomBytes(KEY))
    return { key: new RowKey(bytes, place), stored: this.#wrap(bytes, place) }
  }

  open(place: Place, stored: WrappedKey): RowKey {
    return new RowKey(this.#unwrap(place, stored), place)
  }

  /** The same row key, encrypted by the present master key: no column changes. */
  rewrap(place: Place, stored: WrappedKey): WrappedKey {
    return this.#wrap(this.#unwrap(place, stored), place)
  }

  knows(keyId: string): boolean {
    return this.#keys.has(keyId)
  }

  /** Seals values of one purpose that are handed out, rather than stored. */
  sealer(purpose: string): Sealer {
    return new Sealer(purpose, this.#keys.get(this.keyId)!, this.#keys.values())
  }
}
