import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { ROLES } from '../../core/permissions.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import { revokeKeysOf } from '../keys/verbs.ts'
import { locale } from './invite.ts'
import { PRESENT } from './list.ts'
import { refuseBroaderRole } from './roles.ts'
import { SELECTED } from './told.ts'

const USER = { name: 'user' } as const

const change = z.object({
  role: z.enum(ROLES).optional(),
  status: z.enum(['active', 'disabled']).optional(),
  displayName: rules.name.optional(),
  locale: locale.optional(),
})

/** All owners are held, so that no two of them can go at the same time. */
const lockOwners = (tx: Transaction, { organizationId }: Context) => tx.$executeRaw`
  SELECT 1 FROM membership WHERE organization_id = ${organizationId} AND role = 'owner' ORDER BY user_id FOR UPDATE`

async function read(tx: Transaction, ctx: Context, id: number) {
  await lockOwners(tx, ctx)
  const member = await tx.membership.findFirst({
    where: { ...row(ctx, id).organizationId_id, ...PRESENT },
    select: SELECTED,
  })
  return member && { ...member, email: member.user.email }
}

type Member = NonNullable<Awaited<ReturnType<typeof read>>>

/** Without an owner an organization could not be given one again. */
async function keepOwner(tx: Transaction, { organizationId }: Context, { id, role, status }: Member): Promise<void> {
  if (role !== 'owner' || status !== 'active') return
  const where = { organizationId, role: 'owner', status: 'active', id: { not: id } } as const
  if ((await tx.membership.count({ where })) === 0)
    throw new AppError('CONFLICT', 'This is the only owner; make somebody else an owner first.')
}

type Changes = z.output<typeof change> | { status: 'removed'; invitationHash: null; invitationExpiresAt: null }

async function write(tx: Transaction, ctx: Context, before: Member, data: Changes) {
  refuseBroaderRole(ctx, before.role)
  const isOwner = ('role' in data ? (data.role ?? before.role) : before.role) === 'owner'
  if (!isOwner || (data.status ?? before.status) !== 'active') await keepOwner(tx, ctx, before)
  const after = await tx.membership.update({ where: row(ctx, before.id), data, select: SELECTED })
  return { ...after, email: after.user.email }
}

/** What the person may do is looked up anew by every process, at their next request. */
async function changeMember(ctx: Context, id: number, verb: 'updated' | 'removed', data: Changes) {
  const changed = await updateRow(ctx, USER, {
    verb,
    read: (tx) => read(tx, ctx, id),
    write: async (tx, before) => {
      if (before.status === 'invited' && data.status && data.status !== 'removed')
        throw new AppError('CONFLICT', 'This person has not accepted the invitation yet.')
      if (verb === 'removed') await revokeKeysOf(tx, ctx, id)
      return write(tx, ctx, before, data)
    },
  })
  await ctx.forgetCredentials(`user:${id}`)
  return changed
}

export async function updateUser(ctx: Context, id: number, input: Input) {
  const data = validated(change, input)
  if (data.role) refuseBroaderRole(ctx, data.role)
  return changeMember(ctx, id, 'updated', data)
}

/** Takes the membership away, not the person; their keys are revoked, and rows that name them keep their name. */
export const removeUser = (ctx: Context, id: number) =>
  changeMember(ctx, id, 'removed', { status: 'removed', invitationHash: null, invitationExpiresAt: null })
