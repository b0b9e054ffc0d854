import { randomBytes } from 'node:crypto'
import { type KeyFamily, mintKey } from '../../src/access/token.ts'
import type { Role } from '../../src/core/permissions.ts'
import type { SystemQuery } from '../../src/db/tenant.ts'

export type MadeKey = { key: string; id: number; organizationId: number; ownerId: number; createdBy: string }

/** A key with an organization and an owner of its own. */
export async function insertKey(
  query: SystemQuery,
  family: KeyFamily,
  columns: Record<string, unknown> = {},
  role: Role = 'owner',
): Promise<MadeKey> {
  const name = randomBytes(6).toString('hex')
  const createdBy = `${name}@example.com`
  const organizationId = await insert(query, 'organization', { slug: name, name })
  const ownerId = await insert(query, 'app_user', { email: createdBy, display_name: name })
  const membership = [organizationId, ownerId, role]
  await query('INSERT INTO membership (organization_id, user_id, role) VALUES ($1, $2, $3)', membership)
  const { key, hash, prefix } = mintKey(family)
  const owned = { organization_id: organizationId, owner_id: ownerId, family, name: 'A key' }
  const id = await insert(query, 'api_key', { ...owned, prefix, hash, scopes: [], allowed_cidrs: [], ...columns })
  return { key, id, organizationId, ownerId, createdBy }
}

async function insert(query: SystemQuery, table: string, row: Record<string, unknown>): Promise<number> {
  const names = Object.keys(row)
  const places = names.map((_, i) => `$${i + 1}`)
  const text = `INSERT INTO ${table} (${names}) VALUES (${places}) RETURNING id`
  const [made] = await query<{ id: number }>(text, Object.values(row))
  return made!.id
}
