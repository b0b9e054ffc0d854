import type { Transaction } from '../../db/client.ts'
import type { UserStatus } from '../../db/generated/enums.ts'

/** A person as signing in sees them, across organizations. */
export type Account = {
  id: number
  email: string
  displayName: string
  locale: string
  passwordHash: string | null
  status: UserStatus
  lastSession: number | null
}

/** One statement, whether there is such an account or not: an unknown one must not take less time. */
export async function accountByEmail(tx: Transaction, email: string): Promise<Account | undefined> {
  const [found] = await tx.$queryRaw<Account[]>`
    SELECT person.id, person.email, person.display_name AS "displayName", person.locale, person.password_hash AS "passwordHash",
      person.status::text AS status, (SELECT max(session.id) FROM session WHERE user_id = person.id) AS "lastSession"
    FROM app_user person WHERE person.email = ${email}`
  return found
}

/** Held until the transaction ends, so that no two refreshes of one session meet. */
export const lockSession = (tx: Transaction, id: number) =>
  tx.$executeRaw`SELECT 1 FROM session WHERE id = ${id} FOR UPDATE`
