import type { Role } from '../core/permissions.ts'
import type { SystemQuery } from '../db/tenant.ts'
import type { BucketSpec } from './buckets/bucket.ts'
import { type KeyCredential, permittedTo } from './credential.ts'
import type { Found } from './credential-cache.ts'
import type { KeyFamily } from './token.ts'

export const DEFAULT_BUCKETS: Record<KeyFamily, BucketSpec> = {
  dashboard: { capacity: 100, refillPerSecond: 1 },
  devsphere: { capacity: 120, refillPerSecond: 2 },
  clientst0r: { capacity: 120, refillPerSecond: 2 },
}

type Limited = {
  family: KeyFamily
  bucketCapacity: number | null
  bucketRefillPerSecond: { toString(): string } | null
}

/** The bucket that a key is paid from: its own as far as it has one, else its family's. */
export function bucketOf({ family, bucketCapacity, bucketRefillPerSecond }: Limited): BucketSpec {
  const usual = DEFAULT_BUCKETS[family]
  return {
    capacity: bucketCapacity ?? usual.capacity,
    refillPerSecond: bucketRefillPerSecond === null ? usual.refillPerSecond : Number(bucketRefillPerSecond),
  }
}

type KeyRow = {
  id: number
  organizationId: number
  organizationSlug: string
  organizationName: string
  ownerId: number
  ownerRole: Role
  createdBy: string
  family: KeyFamily
  name: string
  scopes: string[]
  isAdmin: boolean
  bucketCapacity: number | null
  bucketRefillPerSecond: number | null
  allowedCidrs: string[]
  expiresAt: Date | null
  supersededAt: Date | null
}

/** A key as looked up; whether it is valid this moment, from this address, is asked at every use. */
export type KnownKey = Found & { credential: KeyCredential; allowedCidrs: readonly string[]; validUntil: number }

/** A revoked key and the key of a person who left answer like a key that never was: with no row. */
const FIND = `
  SELECT key.id, key.organization_id AS "organizationId", organization.slug AS "organizationSlug",
    organization.name AS "organizationName", key.owner_id AS "ownerId", member.role AS "ownerRole",
    owner.email AS "createdBy", key.family, key.name, key.scopes, key.is_admin AS "isAdmin",
    key.bucket_capacity AS "bucketCapacity", key.bucket_refill_per_second::float8 AS "bucketRefillPerSecond",
    key.allowed_cidrs AS "allowedCidrs", key.expires_at AS "expiresAt",
    CASE WHEN key.hash = $1 THEN NULL ELSE coalesce(key.previous_expires_at, '-infinity') END AS "supersededAt"
  FROM api_key key
  JOIN organization ON organization.id = key.organization_id
  JOIN app_user owner ON owner.id = key.owner_id AND owner.status = 'active'
  JOIN membership member ON member.organization_id = key.organization_id AND member.user_id = key.owner_id
    AND member.status = 'active'
  WHERE (key.hash = $1 OR key.previous_hash = $1) AND key.revoked_at IS NULL`

export async function findKey(query: SystemQuery, hash: Buffer): Promise<KnownKey | undefined> {
  const [row] = await query<KeyRow>(FIND, [hash], 'credential-by-hash')
  if (!row) return undefined
  const { id, ownerId, organizationId, allowedCidrs } = row
  const subjects = [`key:${id}`, `user:${ownerId}`, `organization:${organizationId}`]
  return { credential: toCredential(row), subjects, allowedCidrs, validUntil: validUntil(row) }
}

const validUntil = ({ expiresAt, supersededAt }: KeyRow): number =>
  Math.min(Number(expiresAt ?? Number.POSITIVE_INFINITY), Number(supersededAt ?? Number.POSITIVE_INFINITY))

function toCredential(row: KeyRow): KeyCredential {
  const { id, family, name, ownerId, ownerRole, createdBy, scopes, isAdmin } = row
  const { organizationId, organizationSlug, organizationName } = row
  return {
    ...{ kind: 'key', keyId: id, family, name, scopes, isAdmin, ownerId, ownerRole, createdBy },
    ...{ organizationId, organizationSlug, organizationName },
    permissions: permittedTo(row),
    bucketKey: `key:${id}`,
    bucket: bucketOf(row),
  }
}
