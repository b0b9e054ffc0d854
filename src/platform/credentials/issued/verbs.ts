import { z } from 'zod'
import { type Context, row, transaction } from '../../../core/context.ts'
import { AppError, invalid } from '../../../core/errors.ts'
import { lockRow } from '../../../core/lock.ts'
import * as rules from '../../../core/rules.ts'
import { type Input, validated } from '../../../core/validate.ts'
import { createRow, updateRow } from '../../../core/write.ts'
import type { Transaction } from '../../../db/client.ts'
import { CredentialAccess } from '../../../db/generated/enums.ts'
import { letIn } from '../../tables/shares.ts'
import { ensureSpace } from '../../tables/space/ensure.ts'
import { policy } from '../input.ts'
import { nextId, placeOf, sealedUri } from '../secrets.ts'
import { uriOf } from './address.ts'
import { CREDENTIAL, type Credential, hold } from './end.ts'
import { holdTables } from './held.ts'
import { alone, changePassword, endSessions, makeRole, newPassword, newRoleName } from './role.ts'

const DAY_MS = 86_400_000
const USUAL_DAYS = 30
const LONGEST_DAYS = 366
/** Each has sessions of its own, and each table has a right for each. */
const MOST_OF_A_GROUP = 50

const issuing = z.object({
  name: rules.name,
  description: rules.text.optional(),
  groupId: z.int(),
  access: z.enum(CredentialAccess).default('read'),
  expiresAt: z.date().nullish(),
  ...policy,
})

function endOf({ clock }: Context, wanted: Date | null | undefined): Date {
  const now = clock.now().getTime()
  const end = wanted ?? new Date(now + USUAL_DAYS * DAY_MS)
  if (end.getTime() <= now) throw invalid('expiresAt', 'must be in the future.')
  if (end.getTime() > now + LONGEST_DAYS * DAY_MS) throw invalid('expiresAt', `must be within ${LONGEST_DAYS} days.`)
  return end
}

/** Whoever issues could use it: it must open nothing that they may not open themselves. */
function assertMayOpen({ permissions }: Context, access: CredentialAccess): void {
  const need = access === 'read' ? 'tables:read' : 'tables:write'
  if (!permissions.has(need)) throw new AppError('FORBIDDEN', `This needs the permission ${need}.`, { need })
}

/** The group's tables, once nobody else puts one in or takes one out. */
async function holdGroup(tx: Transaction, ctx: Context, groupId: number) {
  await holdTables(tx, ctx, groupId)
  if ((await lockRow(tx, ctx, 'group', groupId)) === 0) throw invalid('groupId', 'No such row.')
  const where = { groupId, kind: 'issued', revokedAt: null } as const
  if ((await tx.credential.count({ where })) >= MOST_OF_A_GROUP)
    throw new AppError('CONFLICT', `A group has at most ${MOST_OF_A_GROUP} issued credentials; revoke one first.`)
  return holdTables(tx, ctx, groupId)
}

/** A real role of this database, which reaches the tables of a group and nothing else until it ends. */
export const issueCredential = (ctx: Context, input: Input): Promise<Credential> => {
  const { expiresAt: wanted, ...given } = validated(issuing, input)
  const until = endOf(ctx, wanted)
  assertMayOpen(ctx, given.access)
  return createRow(ctx, CREDENTIAL, async (tx) => {
    const space = await ensureSpace(tx, ctx)
    const tables = await holdGroup(tx, ctx, given.groupId)
    const id = await nextId(tx)
    const { key, stored } = ctx.envelope.create(placeOf(ctx, id))
    const [username, password] = [await newRoleName(tx, ctx.organizationId), newPassword()]
    const kept = { ...stored, ...sealedUri(key, uriOf(ctx.databaseAddress, { username, password })) }
    const times = { createdAt: ctx.clock.now(), rotatedAt: ctx.clock.now(), expiresAt: until }
    const own = { id, organizationId: ctx.organizationId, kind: 'issued' as const }
    const made = await tx.credential.create({ data: { ...own, ...given, ...kept, ...times } })
    await alone(tx)
    await makeRole(tx, { role: username, password, until, schemaName: space.schemaName })
    await letIn(tx, space, made, tables)
    return made
  })
}

function assertIssued(ctx: Context, { kind, revokedAt, expiresAt }: Credential): void {
  if (kind !== 'issued')
    throw new AppError(
      'CONFLICT',
      'This credential was not issued here: change its URI where its database is, and then here.',
    )
  if (revokedAt) throw new AppError('CONFLICT', 'This credential was revoked; issue another one.')
  if (expiresAt && expiresAt <= ctx.clock.now())
    throw new AppError('CONFLICT', 'This credential has expired; issue another one.')
}

async function renewed(tx: Transaction, ctx: Context, { id, username }: Credential) {
  const password = newPassword()
  if (!(await changePassword(tx, username!, password)))
    throw new AppError('CONFLICT', 'The role of this credential is gone; revoke it, and issue another one.')
  const where = row(ctx, id)
  const stored = await tx.credential.findUniqueOrThrow({ where, select: { wrappedKey: true, keyId: true } })
  const key = ctx.envelope.open(placeOf(ctx, id), stored)
  const kept = sealedUri(key, uriOf(ctx.databaseAddress, { username: username!, password }))
  const data = { ...kept, secretVersion: { increment: 1 }, rotatedAt: ctx.clock.now() }
  return tx.credential.update({ where, data })
}

/** Another password. Sessions of the one before end, and nobody begins one by it. */
export async function rotateCredential(ctx: Context, id: number): Promise<Credential> {
  const rotated = await updateRow(ctx, CREDENTIAL, {
    verb: 'rotated',
    read: (tx) => hold(tx, ctx, id),
    write: (tx, before) => {
      assertIssued(ctx, before)
      return renewed(tx, ctx, before)
    },
  })
  await transaction(ctx, (tx) => endSessions(tx, rotated.username!))
  return rotated
}
