import { hkdfSync } from 'node:crypto'
import { type Bytes, decrypt, encrypt } from './cipher.ts'
import type { MasterKey } from './envelope.ts'

const KEY = 32
const ID = 8

const derived = ({ bytes }: MasterKey, purpose: string): Bytes =>
  new Uint8Array(hkdfSync('sha256', bytes, '', `opsgraph ${purpose}`, KEY))

/** Seals what is handed out and comes back, with a key of its purpose's own: nothing has to be stored to believe it. */
export class Sealer {
  readonly #current: string
  readonly #keys: ReadonlyMap<string, Bytes>
  readonly #purpose: Buffer

  /** Seals with the first key, opens what any of them has sealed. */
  constructor(purpose: string, current: MasterKey, others: Iterable<MasterKey> = []) {
    this.#current = current.id
    this.#keys = new Map([...others, current].map((key) => [key.id, derived(key, purpose)]))
    this.#purpose = Buffer.from(purpose)
  }

  seal(plain: Uint8Array): string {
    const sealed = encrypt(this.#keys.get(this.#current)!, this.#purpose, plain)
    return Buffer.concat([Buffer.from(this.#current, 'hex'), sealed]).toString('base64url')
  }

  /** Undefined for anything that was not sealed here for this purpose. */
  open(text: string): Buffer | undefined {
    const given = Buffer.from(text, 'base64url')
    const key = this.#keys.get(given.subarray(0, ID).toString('hex'))
    try {
      return key && decrypt(key, this.#purpose, given.subarray(ID))
    } catch {
      return undefined
    }
  }
}
