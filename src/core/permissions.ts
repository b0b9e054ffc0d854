/** `resource:action`, the only words permissions are spoken in inside the server. */
const READ_WRITE = [
  'apps',
  'servers',
  'finance',
  'hr',
  'findings',
  'notes',
  'documents',
  'leads',
  'clients',
  'opportunities',
  'invoices',
  'projects',
  'assets',
  'vault',
  'vehicles',
  'monitors',
  'tables',
  'organizations',
] as const

const SPECIAL = [
  'tools:read',
  'tools:write',
  'vault:reveal',
  'credentials:read',
  'credentials:reveal',
  'credentials:manage',
  'backups:run',
  'tables:manage',
  'audit:read',
  'keys:read',
  'keys:manage',
  'users:manage',
  'webhooks:manage',
  'integrations:manage',
  'requests:read',
  'jobs:read',
  'jobs:manage',
] as const

export type Permission = `${(typeof READ_WRITE)[number]}:${'read' | 'write'}` | (typeof SPECIAL)[number]

export const PERMISSIONS: readonly Permission[] = [
  ...READ_WRITE.flatMap((resource) => [`${resource}:read`, `${resource}:write`] as const),
  ...SPECIAL,
]

export const ROLES = ['owner', 'admin', 'editor', 'readonly'] as const
export type Role = (typeof ROLES)[number]

const business = READ_WRITE.flatMap((r) => [`${r}:read`, `${r}:write`] as const).filter(
  (p) => p !== 'organizations:write',
)
const reads = READ_WRITE.map((r) => `${r}:read` as const)

/** The one table of what a role may do. */
export const ROLE_PERMISSIONS: Record<Role, ReadonlySet<Permission>> = {
  owner: new Set(PERMISSIONS),
  admin: new Set(PERMISSIONS),
  editor: new Set<Permission>([...business, 'keys:read', 'credentials:read']),
  readonly: new Set<Permission>([...reads, 'keys:read', 'credentials:read']),
}

/** The bare scopes of the operations dashboard's document, as bundles. */
export const BARE_SCOPES: Record<string, readonly Permission[]> = {
  apps: ['apps:read'],
  notes: ['notes:read'],
  documents: ['documents:read'],
  servers: ['servers:read'],
  finance: ['finance:read'],
  hr: ['hr:read'],
  security: ['findings:read'],
  admin: PERMISSIONS,
}

const isPermission = (scope: string): scope is Permission => (PERMISSIONS as readonly string[]).includes(scope)

/** What one granted scope allows; `x:write` implies `x:read`; an unknown scope allows nothing. */
export function permissionsOf(scope: string): readonly Permission[] {
  const bundle = Object.hasOwn(BARE_SCOPES, scope) ? BARE_SCOPES[scope] : undefined
  if (bundle) return bundle
  if (!isPermission(scope)) return []
  const read = scope.replace(/:write$/, ':read')
  return read !== scope && isPermission(read) ? [scope, read] : [scope]
}

export const expandScopes = (scopes: Iterable<string>): ReadonlySet<Permission> =>
  new Set([...scopes].flatMap((scope) => permissionsOf(scope)))
