import { randomBase62 } from '../access/base62.ts'
import { type KeyFamily, mintKey } from '../access/token.ts'
import { hashPassword } from '../accounts/password.ts'
import type { Role } from '../core/permissions.ts'
import { type Batch, Rows } from './batch.ts'
import type { Calendar } from './calendar.ts'

export type DemoKey = { name: string; family: KeyFamily; token: string; scopes: string[]; isAdmin: boolean }
export type DemoUser = { email: string; password: string; role: Role }
export type DemoOrganization = { slug: string; keys: DemoKey[]; users: DemoUser[] }

export type Person = {
  email: string
  displayName: string
  role: Role
  passwordHash: string
  password: string
  /** Where another organization knows them already. */
  userId?: number
}
type Company = { slug: string; name: string; description: string }

const PASSWORD_LENGTH = 20

/** Hashed ahead and side by side: hashing is the slowest part of the whole load. */
export const withPassword = async (person: { email: string; displayName: string; role: Role }): Promise<Person> => {
  const password = randomBase62(PASSWORD_LENGTH)
  return { ...person, password, passwordHash: await hashPassword(password) }
}

export type Staffed = { rows: Rows; company: Company; users: DemoUser[]; ids: Record<Role, number> }

export function addCompany(batch: Batch, company: Company, people: readonly Person[], calendar: Calendar): Staffed {
  const since = calendar.at(-400, '08:00')
  const rows = new Rows(batch, batch.add('Organization', { ...company, createdAt: since, updatedAt: since }))
  const ids = {} as Record<Role, number>
  for (const { email, displayName, role, passwordHash, userId: known } of people) {
    const person = { email, displayName, passwordHash, createdAt: since, updatedAt: since }
    const userId = known ?? batch.add('User', person)
    rows.add('Membership', { userId, role, createdAt: since })
    ids[role] = userId
  }
  return { rows, company, ids, users: people.map(({ email, password, role }) => ({ email, password, role })) }
}

export type KeyPlan = { name: string; family: KeyFamily; owner: Role; scopes?: string[]; isAdmin?: boolean }

export const addKeys = ({ rows, ids }: Staffed, plans: readonly KeyPlan[], calendar: Calendar): DemoKey[] =>
  plans.map(({ name, family, owner, scopes = [], isAdmin = false }) => {
    const { key, hash, prefix, publicId = null } = mintKey(family)
    const createdAt = calendar.at(-90, '09:15')
    const row = { name, family, scopes, isAdmin, hash: Uint8Array.from(hash), prefix, publicId, ownerId: ids[owner] }
    rows.add('ApiKey', { ...row, allowedCidrs: [], createdAt, updatedAt: createdAt })
    return { name, family, token: key, scopes, isAdmin }
  })
