import type { SystemQuery } from '../db/tenant.ts'

export type PublicKey = { kty: 'OKP'; crv: 'Ed25519'; x: string }

export type SigningRow = {
  id: number
  kid: string
  publicKey: PublicKey
  privateKey: Buffer
  wrappedKey: Buffer
  keyId: string
  retired: boolean
}

const FIND = `
  SELECT id, kid, public_key AS "publicKey", private_key AS "privateKey", wrapped_key AS "wrappedKey", key_id AS "keyId",
    retired_at IS NOT NULL AS retired
  FROM signing_key WHERE expires_at IS NULL OR expires_at > $1 ORDER BY id DESC`

const COLUMNS = 'id, kid, public_key, private_key, wrapped_key, key_id, created_at'
const VALUES = '$1, $2, $3::jsonb, $4, $5, $6, $7::timestamptz'

/** Two processes that make the first key at once make one. */
const INSERT = `INSERT INTO signing_key (${COLUMNS}) VALUES (${VALUES}) ON CONFLICT DO NOTHING`

/** The present key steps back before the next one is there: only one signs at a time. */
const REPLACE = `
  WITH retired AS (
    UPDATE signing_key SET retired_at = $7, expires_at = $8 WHERE retired_at IS NULL RETURNING 1
  )
  INSERT INTO signing_key (${COLUMNS}) SELECT ${VALUES} FROM (SELECT count(*) FROM retired) done`

const PRUNE = 'DELETE FROM signing_key WHERE expires_at <= $1'

export const findSigningKeys = (query: SystemQuery, now: Date) => query<SigningRow>(FIND, [now], 'signing-keys')

export async function nextSigningKey(query: SystemQuery): Promise<number> {
  const [row] = await query<{ id: string }>(
    `SELECT nextval(pg_get_serial_sequence('signing_key', 'id'))::text AS id`,
    [],
  )
  return Number(row!.id)
}

export type NewSigningKey = Omit<SigningRow, 'retired' | 'privateKey' | 'wrappedKey'> & {
  privateKey: Uint8Array
  wrappedKey: Uint8Array
  createdAt: Date
}

const valuesOf = ({ id, kid, publicKey, privateKey, wrappedKey, keyId, createdAt }: NewSigningKey) => [
  ...[id, kid, JSON.stringify(publicKey), Buffer.from(privateKey), Buffer.from(wrappedKey), keyId, createdAt],
]

export const insertSigningKey = (query: SystemQuery, key: NewSigningKey) => query(INSERT, valuesOf(key))

export async function replaceSigningKey(query: SystemQuery, key: NewSigningKey, until: Date): Promise<void> {
  await query(PRUNE, [key.createdAt])
  await query(REPLACE, [...valuesOf(key), until])
}
