import type { KeyFamily } from '../../access/token.ts'
import type { Context } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import {
  BARE_SCOPES,
  expandScopes,
  PERMISSIONS,
  type Permission,
  ROLE_PERMISSIONS,
  type Role,
} from '../../core/permissions.ts'

/** What a key of each family can be granted, in the words of its document. */
export const FAMILY_SCOPES: Record<KeyFamily, readonly string[]> = {
  dashboard: [...Object.keys(BARE_SCOPES), ...PERMISSIONS],
  devsphere: [
    'leads:read',
    'leads:write',
    'invoices:read',
    'clients:read',
    'projects:read',
    'opportunities:read',
    'webhooks:manage',
  ],
  clientst0r: PERMISSIONS,
}

export type Grant = { family: KeyFamily; scopes: readonly string[]; isAdmin: boolean; ownerRole: Role }

export function checkScopes(family: KeyFamily, scopes: readonly string[]): void {
  const valid = FAMILY_SCOPES[family]
  const unknown = scopes.filter((scope) => !valid.includes(scope))
  if (unknown.length)
    throw invalid('scopes', `A ${family} key has no scope ${unknown.join(', ')}. Valid ones: ${valid.join(', ')}.`)
}

/** What a key is allowed before its owner's present role narrows it; a ClientSt0r key without scopes has the role's. */
export function grantedBy({ family, scopes, isAdmin, ownerRole }: Grant): ReadonlySet<Permission> {
  if (isAdmin) return new Set(PERMISSIONS)
  return family === 'clientst0r' && scopes.length === 0 ? ROLE_PERMISSIONS[ownerRole] : expandScopes(scopes)
}

/** Whoever makes a key or learns its secret could use it: it must allow nothing that they may not do themselves. */
export function refuseBroader(ctx: Context, grant: Grant): void {
  const [need, ...more] = grantedBy(grant).difference(ctx.permissions)
  if (!need) return
  const sentence = grant.isAdmin
    ? 'An admin key may do everything, which you may not.'
    : `This key is allowed what you are not: ${[need, ...more].join(', ')}.`
  throw new AppError('FORBIDDEN', sentence, { need })
}

/** A key in use never gains permissions, so that a leaked one does not either. */
export function refuseWidening(before: Grant, after: Grant): void {
  const gained = [...grantedBy(after).difference(grantedBy(before))]
  if (gained.length)
    throw invalid('scopes', `A key never gains permissions (${gained.join(', ')}); create another one instead.`)
}
