import { randomUUID } from 'node:crypto'
import type { CryptoKey, JWK } from 'jose'
import type { Clock } from '../core/clock.ts'
import type { Envelope, Place } from '../core/envelope.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { notifyAccess } from './credential-cache.ts'
import {
  findSigningKeys,
  insertSigningKey,
  type NewSigningKey,
  nextSigningKey,
  type PublicKey,
  replaceSigningKey,
  type SigningRow,
} from './signing-key.sql.ts'

export const ALGORITHM = 'EdDSA'
/** Said on the channel of revocations when keys were exchanged. */
export const SIGNING_KEYS = 'signing-keys'

const KEPT_MS = 5000

type Known = { rows: readonly SigningRow[]; until: number }
export type PublishedKey = PublicKey & { kid: string; alg: typeof ALGORITHM; use: 'sig' }
type Options = { query: SystemQuery; envelope: Envelope; clock: Clock }

/** They belong to no organization. */
const placeOf = (row: number): Place => ({ organizationId: 0, table: 'signing_key', row })

/** Loaded for the first who signs in or shows a token. */
export const jose = () => import('jose')

/** What access tokens are signed by: kept in the database, so that every process believes what another one signed. */
export class SigningKeys {
  readonly #options: Options
  readonly #imported = new Map<string, Promise<CryptoKey>>()
  #known: Promise<Known> | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** What is kept is a few seconds old at most, and forgotten when keys are exchanged. */
  forget(): void {
    this.#known = undefined
  }

  /** The key that signs now. The first is made when it is first needed. */
  async current(): Promise<{ kid: string; key: CryptoKey }> {
    const row = (await this.#rows()).find(({ retired }) => !retired)
    if (row) return { kid: row.kid, key: await this.#import(`private ${row.kid}`, () => this.#opened(row)) }
    await insertSigningKey(this.#options.query, await this.#made())
    this.forget()
    return this.current()
  }

  /** The key of that name, if it is one of ours and still believed. */
  async named(kid: string): Promise<CryptoKey | undefined> {
    const row = (await this.#rows()).find((each) => each.kid === kid)
    return row && this.#import(`public ${kid}`, () => row.publicKey)
  }

  async published(): Promise<PublishedKey[]> {
    await this.current()
    return (await this.#rows()).map(({ kid, publicKey: { kty, crv, x } }) => ({
      ...{ kty, crv, x, kid, alg: ALGORITHM, use: 'sig' as const },
    }))
  }

  /** Signs with a new key from now on; what the one before has signed is believed for so many seconds. */
  async rotate(overlapSeconds: number): Promise<string> {
    const { query } = this.#options
    const made = await this.#made()
    await replaceSigningKey(query, made, new Date(made.createdAt.getTime() + overlapSeconds * 1000))
    this.forget()
    await query(notifyAccess, [SIGNING_KEYS])
    return made.kid
  }

  #opened({ id, privateKey, wrappedKey, keyId }: SigningRow): JWK {
    const stored = { wrappedKey: Uint8Array.from(wrappedKey), keyId }
    return JSON.parse(this.#options.envelope.open(placeOf(id), stored).open('private_key', privateKey)) as JWK
  }

  async #made(): Promise<NewSigningKey> {
    const { exportJWK, generateKeyPair } = await jose()
    const { query, envelope, clock } = this.#options
    const id = await nextSigningKey(query)
    const pair = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true })
    const { key, stored } = envelope.create(placeOf(id))
    const privateKey = key.seal('private_key', JSON.stringify(await exportJWK(pair.privateKey)))
    const { x } = await exportJWK(pair.publicKey)
    const publicKey: PublicKey = { kty: 'OKP', crv: 'Ed25519', x: x! }
    return { id, kid: randomUUID(), publicKey, privateKey, ...stored, createdAt: clock.now() }
  }

  #import(name: string, jwk: () => JWK): Promise<CryptoKey> {
    const known = this.#imported.get(name)
    if (known) return known
    const imported = jose().then(async ({ importJWK }) => (await importJWK(jwk(), ALGORITHM)) as CryptoKey)
    this.#imported.set(name, imported)
    imported.catch(() => this.#imported.delete(name))
    return imported
  }

  async #rows(): Promise<readonly SigningRow[]> {
    const at = performance.now()
    const known = this.#known && (await this.#known)
    if (known && known.until > at) return known.rows
    const { query, clock } = this.#options
    const looking = findSigningKeys(query, clock.now()).then((rows) => ({ rows, until: at + KEPT_MS }))
    this.#known = looking
    looking.catch(() => this.forget())
    return (await looking).rows
  }
}
