import { z } from 'zod'
import { secretHash } from '../../access/secret.ts'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { type Input, validated } from '../../core/validate.ts'
import type { Transaction } from '../../db/client.ts'
import { lockSession } from './account.sql.ts'
import { countAddress } from './attempts.ts'
import { addRefreshToken, handedOut, type SignedIn, tellOfSession, untilOf } from './session.ts'

const PER_ADDRESS = { max: 300, windowSeconds: 60 }

const presented = z.object({ refreshToken: z.string().max(200, 'must be at most 200 characters long.') })

const refused = () => new AppError('INVALID_TOKEN', 'This refresh token is not valid.')
const reused = () =>
  new AppError('INVALID_TOKEN', 'This refresh token was used before, so its session is over. Sign in again.', {
    reason: 'token_reused',
  })

const PERSON = { id: true, email: true, displayName: true, locale: true, status: true } as const
const WITH_SESSION = { session: { include: { user: { select: PERSON } } } } as const

const read = (tx: Transaction, hash: Uint8Array<ArrayBuffer>) =>
  tx.refreshToken.findUnique({ where: { hash }, include: WITH_SESSION })

type Token = NonNullable<Awaited<ReturnType<typeof read>>>

/** Whoever shows an old token may have stolen it, or may have been robbed of the new one: neither goes on. */
async function endReused(tx: Transaction, ctx: Context, { session }: Token): Promise<'reused'> {
  if (!session.revokedAt) {
    await tx.session.update({ where: { id: session.id }, data: { revokedAt: ctx.clock.now() } })
    await tellOfSession(tx, ctx, session.user, session.id, 'reused')
  }
  return 'reused'
}

async function succeed(tx: Transaction, ctx: Context, { hash, session }: Token) {
  const now = ctx.clock.now()
  const { status, ...user } = session.user
  if (session.revokedAt || session.expiresAt <= now || status !== 'active') return 'refused'
  await tx.refreshToken.update({ where: { hash }, data: { usedAt: now } })
  await tx.session.update({ where: { id: session.id }, data: { lastUsedAt: now, expiresAt: untilOf(ctx) } })
  const refreshToken = await addRefreshToken(tx, ctx, session.id)
  await tellOfSession(tx, ctx, user, session.id, 'refreshed')
  return { sessionId: session.id, refreshToken, user }
}

/** The session is held before the token is believed: of many who show one token at once, one is given the next. */
const exchanged = (ctx: Context, hash: Uint8Array<ArrayBuffer>) =>
  ctx.everybody(async (tx) => {
    const known = await read(tx, hash)
    if (!known) return 'refused'
    await lockSession(tx, known.sessionId)
    const token = await read(tx, hash)
    if (!token) return 'refused'
    return token.usedAt ? endReused(tx, ctx, token) : succeed(tx, ctx, token)
  })

export async function refreshSession(ctx: Context, input: Input): Promise<SignedIn> {
  const { refreshToken } = validated(presented, input)
  await countAddress(ctx, 'refresh', PER_ADDRESS)
  const hash = secretHash('refresh', refreshToken)
  const outcome = hash ? await exchanged(ctx, hash) : 'refused'
  if (outcome === 'refused') throw refused()
  if (outcome === 'reused') {
    ctx.announced()
    throw reused()
  }
  return handedOut(ctx, outcome)
}
