import pg from 'pg'
import type { Context } from '../../core/context.ts'
import type { RowOf, Transaction } from '../../db/client.ts'
import type { CredentialAccess } from '../../db/generated/enums.ts'
import type { Space } from './space/ensure.ts'
import { placeOf } from './space/names.ts'
import { inSpace } from './space/within.ts'

type Table = Pick<RowOf<'ManagedTable'>, 'physicalName'>
/** A role that was made for a credential. */
export type Guest = { username: string | null; access: CredentialAccess | null }

const RIGHTS: Record<CredentialAccess, string> = { read: 'SELECT', read_write: 'SELECT, INSERT, UPDATE, DELETE' }

const grantTo =
  (space: Space, table: Table) =>
  ({ username, access }: Guest): string =>
    `GRANT ${RIGHTS[access!]} ON ${placeOf(space, table.physicalName)} TO ${pg.escapeIdentifier(username!)}`

const takeFrom =
  (space: Space, table: Table) =>
  ({ username }: Guest): string =>
    `REVOKE ALL ON ${placeOf(space, table.physicalName)} FROM ${pg.escapeIdentifier(username!)}`

const say = (tx: Transaction, space: Space, statements: readonly string[]): Promise<void> =>
  inSpace(tx, space, async () => {
    for (const statement of statements) await tx.$executeRawUnsafe(statement)
  })

/** Lets a role into the schema, and to some tables of it. */
export const letIn = (tx: Transaction, space: Space, guest: Guest, tables: readonly Table[]): Promise<void> =>
  say(tx, space, [
    `GRANT USAGE ON SCHEMA ${pg.escapeIdentifier(space.schemaName)} TO ${pg.escapeIdentifier(guest.username!)}`,
    ...tables.map((table) => grantTo(space, table)(guest)),
  ])

/** The contrary, for every table that it was let to, whichever group that is in by now. */
export const showOut = (tx: Transaction, space: Space, guest: Guest, tables: readonly Table[]): Promise<void> =>
  say(tx, space, [
    ...tables.map((table) => takeFrom(space, table)(guest)),
    `REVOKE ALL ON SCHEMA ${pg.escapeIdentifier(space.schemaName)} FROM ${pg.escapeIdentifier(guest.username!)}`,
  ])

/**
 * The roles of a group's credentials. The group is held, so that none is issued meanwhile, and so are the credentials, so
 * that none is revoked.
 */
async function guestsOf(tx: Transaction, { organizationId }: Context, groupId: number | null): Promise<Guest[]> {
  if (groupId === null) return []
  await tx.$executeRaw`SELECT 1 FROM "group" WHERE organization_id = ${organizationId} AND id = ${groupId} FOR KEY SHARE`
  return tx.$queryRaw<Guest[]>`SELECT username, access::text AS access FROM credential
    WHERE organization_id = ${organizationId} AND group_id = ${groupId} AND kind = 'issued' AND revoked_at IS NULL
    ORDER BY id FOR KEY SHARE`
}

/** Lets the credentials of its group to a table that is new in the group, and those of the group it came from no more. */
export async function shareTable(
  tx: Transaction,
  ctx: Context,
  space: Space,
  { groupId, from = null, ...table }: Table & { groupId: number | null; from?: number | null },
): Promise<void> {
  if (groupId === from) return
  const [strangers, guests] = [await guestsOf(tx, ctx, from), await guestsOf(tx, ctx, groupId)]
  const statements = [...strangers.map(takeFrom(space, table)), ...guests.map(grantTo(space, table))]
  if (statements.length) await say(tx, space, statements)
}
