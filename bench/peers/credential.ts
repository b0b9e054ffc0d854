import { createHash } from 'node:crypto'
import type pg from 'pg'

export type Credential = { keyId: number; organizationId: number; permissions: ReadonlySet<string> }
type Cached = Credential & { capacity: number; refill: number; tokens: number; at: number; until: number }

export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const KEPT_MS = 5000
const FIND = `SELECT id AS "keyId", organization_id AS "organizationId", is_admin AS admin, scopes,
  bucket_capacity AS capacity, bucket_refill_per_second::float8 AS refill FROM api_key WHERE hash = $1 AND revoked_at IS NULL`
/** What an admin key may do, as far as the workloads go. */
const EVERYTHING = ['leads:read', 'invoices:read', 'assets:read', 'assets:write']

/** One request's worth from the key's bucket. */
function admit(cached: Cached, now: number): Credential {
  cached.tokens = Math.min(cached.capacity, cached.tokens + ((now - cached.at) / 1000) * cached.refill)
  cached.at = now
  if (cached.tokens < 1) throw new Refusal(429, 'rate limited')
  cached.tokens -= 1
  return cached
}

/** The work every peer does first: Bearer key, SHA-256, cached look-up, token bucket. At once for a key used lately. */
export function credentials(pool: pg.Pool): (authorization: string | undefined) => Credential | Promise<Credential> {
  const cache = new Map<string, Cached>()
  const load = async (hash: Buffer, id: string): Promise<Credential> => {
    const row = (await pool.query({ name: 'credential', text: FIND, values: [hash] })).rows[0]
    if (!row) throw new Refusal(401, 'unknown key')
    const now = Date.now()
    const permissions = new Set<string>(row.admin ? EVERYTHING : row.scopes)
    const tokens = cache.get(id)?.tokens ?? row.capacity
    const cached: Cached = { ...row, permissions, tokens, at: now, until: now + KEPT_MS }
    cache.set(id, cached)
    return admit(cached, now)
  }
  return (authorization) => {
    if (!authorization?.startsWith('Bearer ')) throw new Refusal(401, 'no key')
    const hash = createHash('sha256').update(authorization.slice(7)).digest()
    const id = hash.toString('latin1')
    const now = Date.now()
    const known = cache.get(id)
    return known && known.until > now ? admit(known, now) : load(hash, id)
  }
}

export function need(credential: Credential, permission: string): void {
  if (!credential.permissions.has(permission)) throw new Refusal(403, permission)
}
