import { notFound } from '../core/errors.ts'
import type { Role } from '../core/permissions.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { type Credential, permittedTo, standsForPerson } from './credential.ts'
import type { CredentialCache, Found } from './credential-cache.ts'

type Membership = Pick<Credential, 'organizationId' | 'organizationSlug' | 'organizationName'> & { ownerRole: Role }
type Known = Found & { membership: Membership }

/** Of an organization, as callers name it: digits are an id, anything else a slug. */
type Named = { id: number } | { slug: string }

const ID = /^\d+$/
const ID_MAX = 2 ** 31 - 1
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/
const LONGEST = 60

function parsed(text: string): Named | undefined {
  if (text.length > LONGEST) return undefined
  if (ID.test(text)) return Number(text) <= ID_MAX ? { id: Number(text) } : undefined
  return SLUG.test(text) ? { slug: text } : undefined
}

const isOwn = ({ organizationId, organizationSlug }: Credential, named: Named): boolean =>
  'id' in named ? named.id === organizationId : named.slug === organizationSlug

const FIND = `
  SELECT organization.id AS "organizationId", organization.slug AS "organizationSlug",
    organization.name AS "organizationName", member.role AS "ownerRole"
  FROM membership member JOIN organization ON organization.id = member.organization_id
  WHERE member.user_id = $1 AND member.status = 'active' AND (organization.id = $2 OR organization.slug = $3)`

async function findMembership(query: SystemQuery, userId: number, named: Named): Promise<Known | undefined> {
  const values = 'id' in named ? [userId, named.id, null] : [userId, null, named.slug]
  const [membership] = await query<Membership>(FIND, values, 'membership-by-name')
  return membership && { membership, subjects: [`user:${userId}`, `organization:${membership.organizationId}`] }
}

export type Choose = <C extends Credential>(credential: C, organization: string) => Promise<C>

/**
 * The same credential in another organization of the person it stands for, allowed there what their role there allows. NOT_FOUND,
 * in the words for an organization that never was, where they do not belong, and for a key that stands for nobody.
 */
export function createChoose(query: SystemQuery, cache: CredentialCache): Choose {
  const memberships = cache.kind<Known>('membership')
  return async (key, organization) => {
    const named = parsed(organization)
    if (named && isOwn(key, named)) return key
    if (!named || !standsForPerson(key)) throw notFound('organization')
    const id = `${key.ownerId} ${organization}`
    const known = memberships.get(id) ?? (await memberships.load(id, () => findMembership(query, key.ownerId, named)))
    if (!known) throw notFound('organization')
    const chosen = { ...key, ...known.membership, ...(key.kind === 'person' && { undecided: [] }) }
    return { ...chosen, permissions: permittedTo(chosen) }
  }
}
