import { expandScopes, type Permission, ROLE_PERMISSIONS, type Role } from '../core/permissions.ts'
import type { BucketSpec } from './buckets/bucket.ts'
import type { KeyFamily } from './token.ts'

/** Who is asking, as everything after authentication sees it. */
export type KeyCredential = {
  kind: 'key'
  keyId: number
  family: KeyFamily
  name: string
  /** The key's own, or the one that was chosen. */
  organizationId: number
  organizationSlug: string
  organizationName: string
  /** The person who created the key, or whom a ClientSt0r key stands for. */
  ownerId: number
  /** In that organization, at this moment. */
  ownerRole: Role
  /** The owner's address. */
  createdBy: string
  /** As granted, in the words they were granted in. */
  scopes: readonly string[]
  isAdmin: boolean
  /** What may be done now: the scopes, within the owner's present role. */
  permissions: ReadonlySet<Permission>
  bucketKey: string
  bucket: BucketSpec
}

/** Somebody signed in, by an access token. */
export type PersonCredential = Omit<KeyCredential, 'kind' | 'keyId' | 'family'> & {
  kind: 'person'
  keyId: null
  family: 'token'
  sessionId: number
  /** The organizations that one has to be chosen from first, by their slugs; none where that is settled. */
  undecided: readonly string[]
  /** All that the person belongs to. */
  belongsTo: readonly { slug: string; name: string }[]
}

export type Credential = KeyCredential | PersonCredential

/** Keys of the other families stand for an organization. */
export const standsForPerson = ({ family }: Pick<Credential, 'family'>): boolean =>
  family === 'clientst0r' || family === 'token'

type Granted = Pick<Credential, 'family' | 'scopes' | 'isAdmin' | 'ownerRole'>

/** What was granted, within the role of the person behind the key. */
export function permittedTo({ family, scopes, isAdmin, ownerRole }: Granted): ReadonlySet<Permission> {
  const role = ROLE_PERMISSIONS[ownerRole]
  if (isAdmin || (standsForPerson({ family }) && scopes.length === 0)) return role
  return expandScopes(scopes).intersection(role)
}

/** A token whose shape was recognised. */
export type Presented<C> = {
  /** Valid for all this process knows, without asking anybody. */
  known(address: string): C | undefined
  find(address: string): Promise<C | undefined>
}

/** One kind of credential: undefined for a token of another shape. */
export type TokenReader<C> = (token: string) => Presented<C> | undefined
