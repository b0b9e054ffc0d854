import { type Context, row } from '../../../core/context.ts'
import { AppError } from '../../../core/errors.ts'
import { lockRow } from '../../../core/lock.ts'
import { updateRow } from '../../../core/write.ts'
import type { RowOf, Transaction } from '../../../db/client.ts'
import { showOut } from '../../tables/shares.ts'
import { spaceOf } from '../../tables/space/ensure.ts'
import { TABLE } from '../secrets.ts'
import { holdTables, tablesOf } from './held.ts'
import { alone, dropRole, shutRole } from './role.ts'

export const CREDENTIAL = { name: TABLE } as const

/** As it is read: without what is encrypted. */
export type Credential = Omit<RowOf<'Credential'>, 'uri' | 'wrappedKey' | 'keyId'>

/** The credential, held after the tables that it opens. */
export async function hold(tx: Transaction, ctx: Context, id: number): Promise<Credential | null> {
  const where = row(ctx, id)
  const found = await tx.credential.findUnique({ where, select: { groupId: true, kind: true } })
  if (found?.kind === 'issued' && found.groupId !== null) await holdTables(tx, ctx, found.groupId)
  await lockRow(tx, ctx, TABLE, id)
  return tx.credential.findUnique({ where })
}

/** Takes the role away, with all its rights and sessions; nothing where it is gone already. */
export async function endRole(tx: Transaction, ctx: Context, { username, revokedAt }: Credential): Promise<void> {
  if (username === null || revokedAt) return
  await alone(tx)
  if (!(await shutRole(tx, username))) return
  const space = await spaceOf(tx, ctx)
  if (space) await showOut(tx, space, { username, access: null }, await tablesOf(tx, username, space.schemaName))
  await dropRole(tx, username)
}

function assertRevocable({ kind, revokedAt }: Credential): void {
  if (kind !== 'issued')
    throw new AppError(
      'CONFLICT',
      'This credential was not issued here: revoke it where its database is, and delete it here.',
    )
  if (revokedAt) throw new AppError('CONFLICT', 'This credential was revoked already.')
}

const ended = (ctx: Context, id: number, verb: 'revoked' | 'expired'): Promise<Credential> =>
  updateRow(ctx, CREDENTIAL, {
    verb,
    read: (tx) => hold(tx, ctx, id),
    write: async (tx, before) => {
      assertRevocable(before)
      await endRole(tx, ctx, before)
      return tx.credential.update({ where: row(ctx, id), data: { revokedAt: ctx.clock.now(), uri: null } })
    },
  })

/** Nobody signs in by it any more, its sessions are over, and its role is gone. */
export const revokeCredential = (ctx: Context, id: number) => ended(ctx, id, 'revoked')

/** The same, because its time is over. */
export const expireCredential = (ctx: Context, id: number) => ended(ctx, id, 'expired')
