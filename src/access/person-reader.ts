import { hash } from 'node:crypto'
import type { Clock } from '../core/clock.ts'
import type { Permission, Role } from '../core/permissions.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { type Claims, isAccessToken, verifyAccessToken } from './access-token.ts'
import type { BucketSpec } from './buckets/bucket.ts'
import { type PersonCredential, type Presented, permittedTo, type TokenReader } from './credential.ts'
import type { CredentialCache, Found } from './credential-cache.ts'
import { SIGNING_KEYS, type SigningKeys } from './signing-keys.ts'

const BUCKET: BucketSpec = { capacity: 300, refillPerSecond: 5 }

type Membership = { organizationId: number; organizationSlug: string; organizationName: string; ownerRole: Role }
type Row = { email: string; expiresAt: Date; memberships: Membership[] }
type KnownPerson = Found & { credential: PersonCredential; validUntil: number }

/** The session of a token with its person, as they are now; no row for one that has ended, or a person who is disabled. */
const FIND = `
  SELECT person.email, session.expires_at AS "expiresAt", coalesce((
    SELECT json_agg(json_build_object('organizationId', o.id, 'organizationSlug', o.slug, 'organizationName', o.name,
      'ownerRole', m.role) ORDER BY o.id)
    FROM membership m JOIN organization o ON o.id = m.organization_id
    WHERE m.user_id = person.id AND m.status = 'active'), '[]') AS memberships
  FROM session JOIN app_user person ON person.id = session.user_id AND person.status = 'active'
  WHERE session.id = $1 AND person.id = $2 AND session.revoked_at IS NULL AND session.expires_at > $3`

/** Of several organizations none is meant until one is chosen: till then its person sees which there are. */
const NOWHERE = { organizationId: 0, organizationSlug: '', organizationName: '', ownerRole: 'readonly' } as const
const WHICH: ReadonlySet<Permission> = new Set(['organizations:read'])

function credentialOf({ userId, sessionId }: Claims, { email, memberships }: Row): PersonCredential {
  const [only, ...more] = memberships
  const person = {
    ...({ kind: 'person', keyId: null, family: 'token', scopes: [], isAdmin: false } as const),
    ...{ sessionId, ownerId: userId, name: email, createdBy: email, bucketKey: `user:${userId}`, bucket: BUCKET },
    belongsTo: memberships.map((each) => ({ slug: each.organizationSlug, name: each.organizationName })),
  }
  if (!only || more.length > 0)
    return { ...person, ...NOWHERE, permissions: WHICH, undecided: memberships.map((each) => each.organizationSlug) }
  return { ...person, ...only, permissions: permittedTo({ ...person, ...only }), undecided: [] }
}

type Options = { query: SystemQuery; clock: Clock; keys: SigningKeys; cache: CredentialCache }

export type PersonReader = {
  /** Access tokens. */
  byToken: TokenReader<PersonCredential>
  /** A session that was shown before, and that a browser holds. */
  bySession(claims: Claims): Presented<PersonCredential>
}

/** People who are signed in. Session, person and roles are looked up like a key, and forgotten when one of them changes. */
export function personReader({ query, clock, keys, cache }: Options): PersonReader {
  const people = cache.kind<KnownPerson>('person')

  const sessionOf = async (claims: Claims, endsAt?: number): Promise<KnownPerson | undefined> => {
    const { userId, sessionId } = claims
    const [row] = await query<Row>(FIND, [sessionId, userId, clock.now()], 'session-by-id')
    if (!row) return undefined
    const organizations = row.memberships.map(({ organizationId }) => `organization:${organizationId}`)
    const subjects = [`user:${userId}`, SIGNING_KEYS, ...organizations]
    return { credential: credentialOf(claims, row), subjects, validUntil: endsAt ?? row.expiresAt.getTime() }
  }
  const tokenOf = async (token: string): Promise<KnownPerson | undefined> => {
    const verified = await verifyAccessToken(keys, clock, token)
    return verified && sessionOf(verified, verified.expiresAt)
  }

  const usable = (known: KnownPerson | undefined): PersonCredential | undefined =>
    known && clock.now().getTime() < known.validUntil ? known.credential : undefined

  const presented = (id: string, find: () => Promise<KnownPerson | undefined>): Presented<PersonCredential> => ({
    known: () => usable(people.get(id)),
    find: async () => usable(await people.load(id, find)),
  })

  return {
    byToken: (token) =>
      isAccessToken(token) ? presented(`token ${hash('sha256', token, 'base64')}`, () => tokenOf(token)) : undefined,
    bySession: (claims) => presented(`session ${claims.userId} ${claims.sessionId}`, () => sessionOf(claims)),
  }
}
