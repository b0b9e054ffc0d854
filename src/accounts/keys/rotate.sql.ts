import type { MintedKey } from '../../access/token.ts'
import type { Transaction } from '../../db/client.ts'

type Rotation = { organizationId: number; id: number; minted: MintedKey; now: Date; overlapSeconds: number }

/** The old hash moves aside in the database, so that two rotations at once both leave a working secret. */
export const replaceSecret = (tx: Transaction, { organizationId, id, minted, now, overlapSeconds }: Rotation) => {
  const until = overlapSeconds > 0 ? new Date(now.getTime() + overlapSeconds * 1000) : null
  return tx.$executeRaw`
    UPDATE api_key
    SET previous_hash = CASE WHEN ${overlapSeconds}::int > 0 THEN hash END, previous_expires_at = ${until}::timestamptz,
      hash = ${minted.hash}::bytea, prefix = ${minted.prefix}, public_id = ${minted.publicId ?? null},
      updated_at = ${now}::timestamptz
    WHERE organization_id = ${organizationId} AND id = ${id}`
}

/** Every process that remembers the key hears of the change when it is committed. */
export const announceKey = (tx: Transaction, id: number) =>
  tx.$executeRaw`SELECT pg_notify('opsgraph_access', ${`key:${id}`})`
