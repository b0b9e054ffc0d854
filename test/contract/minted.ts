import { mintKey } from '../../src/access/token.ts'
import type { Permission } from '../../src/core/permissions.ts'
import { asSystem } from '../../src/db/tenant.ts'
import type { TestServer } from '../kit/server.ts'

type Family = 'dashboard' | 'devsphere' | 'clientst0r'
type Role = 'owner' | 'admin' | 'editor' | 'readonly'

export type Wanted = {
  family?: Family
  scopes?: readonly (string | Permission)[]
  isAdmin?: boolean
  organization?: 0 | 1
  role?: Role
  name?: string
  capacity?: number
  refillPerSecond?: number
  allowedCidrs?: string[]
  expiresAt?: Date
}

export type Minted = { id: number; token: string; ownerId: number; organizationId: number }

const PLENTY = 100_000

async function memberOf({ app, demo }: TestServer, organization: number, role: Role) {
  const { slug } = demo.organizations[organization]!
  return app.prisma.membership.findFirstOrThrow({ where: { role, organization: { slug } } })
}

/** A key of one's own with a bucket that no suite empties; an admin's dashboard key unless told otherwise. */
export function minted(server: TestServer, wanted: Wanted = {}): Promise<Minted> {
  const { family = 'dashboard', scopes = [], organization = 0, role = 'owner', name = 'contract' } = wanted
  const { capacity = PLENTY, refillPerSecond = 1000, allowedCidrs = [], expiresAt = null } = wanted
  const { key: token, hash, prefix, publicId } = mintKey(family)
  return asSystem(async () => {
    const { organizationId, id: userId } = await memberOf(server, organization, role)
    const { id } = await server.app.prisma.apiKey.create({
      data: {
        ...{ organizationId, ownerId: userId, family, name, prefix, publicId: publicId ?? null },
        hash: Uint8Array.from(hash),
        scopes: [...scopes],
        isAdmin: wanted.isAdmin ?? (family === 'dashboard' && scopes.length === 0),
        ...{ bucketCapacity: capacity, bucketRefillPerSecond: refillPerSecond, allowedCidrs, expiresAt },
      },
    })
    return { id, token, ownerId: userId, organizationId }
  })
}
