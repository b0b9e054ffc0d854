import { z } from 'zod'
import type { Context } from '../../core/context.ts'
import { notFound } from '../../core/errors.ts'
import { type Input, validated } from '../../core/validate.ts'
import type { Transaction } from '../../db/client.ts'
import type { Session } from '../../db/generated/client.ts'
import { hashing } from '../hash-queue.ts'
import { anyPassword, hashPassword, newPassword } from '../password.ts'
import { type Person, tellEverywhere, tellOfSession } from './session.ts'
import { proven } from './sign-in.ts'

export type Signed = { userId: number; sessionId: number; email: string }

/** Who asks by an access token; a key has no session, whomever it stands for. */
export function signedInPerson({ actor, credential }: Context): Signed {
  const { sessionId } = credential ?? {}
  if (sessionId !== undefined && actor.userId !== null) return { userId: actor.userId, sessionId, email: actor.name }
  throw notFound('session')
}

async function revoke(tx: Transaction, ctx: Context, { userId, email }: Signed, session: Session): Promise<Session> {
  const revoked = await tx.session.update({ where: { id: session.id }, data: { revokedAt: ctx.clock.now() } })
  await tellOfSession(tx, ctx, { id: userId, email }, session.id, 'revoked')
  return revoked
}

/** One of the caller's own sessions; ended already, it stays as it is. */
export async function revokeSession(ctx: Context, id: number): Promise<Session> {
  const person = signedInPerson(ctx)
  const ended = await ctx.everybody(async (tx) => {
    const session = await tx.session.findFirst({ where: { id, userId: person.userId } })
    if (!session) throw notFound('session')
    return session.revokedAt ? session : revoke(tx, ctx, person, session)
  })
  ctx.announced()
  await ctx.forgetCredentials(`user:${person.userId}`)
  return ended
}

export const signOut = async (ctx: Context): Promise<Session> => revokeSession(ctx, signedInPerson(ctx).sessionId)

/** What is in force, the one that was used last at the top; none for a key. */
export const ownSessions = async (ctx: Context): Promise<Session[]> => {
  if (ctx.credential?.sessionId === undefined) return []
  const { userId } = signedInPerson(ctx)
  const where = { userId, revokedAt: null, expiresAt: { gt: ctx.clock.now() } }
  return ctx.everybody((tx) =>
    tx.session.findMany({ where, orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }], take: 200 }),
  )
}

const change = z.object({ current: anyPassword, new: newPassword })

async function revokeOthers(tx: Transaction, ctx: Context, person: Signed): Promise<void> {
  const where = { userId: person.userId, revokedAt: null, id: { not: person.sessionId } }
  for (const session of await tx.session.findMany({ where })) await revoke(tx, ctx, person, session)
}

/** Whoever else is signed in with the old password is not any more. */
export async function changePassword(ctx: Context, input: Input): Promise<Person> {
  const { current, new: chosen } = validated(change, input)
  const person = signedInPerson(ctx)
  const { id, email, displayName, locale } = await proven(ctx, person.email, current)
  const passwordHash = await hashing(() => hashPassword(chosen))
  await ctx.everybody(async (tx) => {
    await tx.user.update({ where: { id }, data: { passwordHash } })
    await revokeOthers(tx, ctx, person)
    const target = { type: 'account', id }
    await tellEverywhere(tx, ctx, { id, email }, { type: 'account.password_changed', target, data: { id, email } })
  })
  ctx.announced()
  await ctx.forgetCredentials(`user:${id}`)
  return { id, email, displayName, locale }
}
