import { type Context, row } from '../../core/context.ts'
import { AppError, notFound } from '../../core/errors.ts'
import type { Role } from '../../core/permissions.ts'
import { record } from '../../core/record.ts'
import type { Transaction } from '../../db/client.ts'
import { PRESENT } from '../people/list.ts'
import { refuseBroaderRole } from '../people/roles.ts'
import { tellEverywhere } from '../sessions/session.ts'
import { forgetSecondFactor } from './verbs.ts'

const TYPE = 'account.second_factor_reset'

const none = () => new AppError('CONFLICT', 'This person has no second factor.')

/** It guards the rows of each organization that the person belongs to: one of them does not decide for the others. */
async function refuseShared(tx: Transaction, { organizationId }: Context, id: number): Promise<void> {
  const where = { id, status: 'active', organizationId: { not: organizationId } } as const
  if ((await tx.membership.count({ where })) > 0)
    throw new AppError(
      'FORBIDDEN',
      'This person belongs to other organizations as well: only whoever runs the server can do this (opsgraph auth reset-second-factor).',
    )
}

type Member = { role: Role; email: string }

async function memberOf(tx: Transaction, ctx: Context, id: number): Promise<Member> {
  const where = { ...row(ctx, id).organizationId_id, ...PRESENT }
  const member = await tx.membership.findFirst({
    where,
    select: { role: true, status: true, user: { select: { email: true } } },
  })
  if (!member) throw notFound('user')
  if (member.status === 'invited') throw none()
  return { role: member.role, email: member.user.email }
}

/** For somebody who lost their authenticator and their recovery codes. They sign in by their password alone. */
export async function resetSecondFactor(ctx: Context, id: number): Promise<number> {
  await ctx.everybody(async (tx) => {
    const { role, email } = await memberOf(tx, ctx, id)
    if (id === ctx.actor.userId)
      throw new AppError('FORBIDDEN', 'One’s own is taken away with the password: disableSecondFactor.')
    refuseBroaderRole(ctx, role)
    await refuseShared(tx, ctx, id)
    if (!(await forgetSecondFactor(tx, id))) throw none()
    await record(tx, ctx, { type: TYPE, target: { type: 'account', id }, data: { id, email } })
  })
  ctx.announced()
  return id
}

/** By whoever runs the server, who may do it to anybody; told in each of the person's organizations. */
export async function resetByOperator(ctx: Context, email: string): Promise<{ id: number; email: string }> {
  const person = await ctx.everybody(async (tx) => {
    const found = await tx.user.findUnique({ where: { email }, select: { id: true, email: true } })
    if (!found) throw new AppError('NOT_FOUND', `There is nobody with the mail address ${email}.`)
    if (!(await forgetSecondFactor(tx, found.id))) throw none()
    const change = { type: TYPE, target: { type: 'account', id: found.id }, data: found } as const
    await tellEverywhere(tx, ctx, found, change, (organizationId) => ({ ...ctx, organizationId }))
    return found
  })
  ctx.announced()
  return person
}
