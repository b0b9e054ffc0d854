import { mintSecret } from '../../access/secret.ts'
import type { Context } from '../../core/context.ts'
import { type Change, record } from '../../core/record.ts'
import type { Transaction } from '../../db/client.ts'
import type { Account } from './account.sql.ts'

/** How long a session lasts after it was last refreshed. */
export const REFRESH_SECONDS = 30 * 86_400

export type Person = Pick<Account, 'id' | 'email' | 'displayName' | 'locale'>
export type SignedIn = { accessToken: string; refreshToken: string; user: Person }

/** The person themselves, in one of their organizations. */
export const actingAs = (
  ctx: Context,
  { id, email }: Pick<Person, 'id' | 'email'>,
  organizationId: number,
): Context => ({
  ...ctx,
  organizationId,
  actor: { kind: 'user', id, name: email, userId: id },
})

/** What a person does to their account concerns every organization that they belong to: each is told, and audits it. */
export async function tellEverywhere(
  tx: Transaction,
  ctx: Context,
  person: Pick<Person, 'id' | 'email'>,
  change: Change,
  as = (organizationId: number): Context => actingAs(ctx, person, organizationId),
): Promise<void> {
  const where = { id: person.id, status: 'active' } as const
  const memberships = await tx.membership.findMany({
    where,
    select: { organizationId: true },
    orderBy: { organizationId: 'asc' },
  })
  for (const { organizationId } of memberships) await record(tx, as(organizationId), change)
}

type Verb = 'created' | 'refreshed' | 'revoked' | 'reused'

export const tellOfSession = (
  tx: Transaction,
  ctx: Context,
  { id: userId, email }: Pick<Person, 'id' | 'email'>,
  id: number,
  verb: Verb,
): Promise<void> =>
  tellEverywhere(
    tx,
    ctx,
    { id: userId, email },
    {
      type: `session.${verb}`,
      target: { type: 'session', id },
      data: { id, userId, email },
    },
  )

export const untilOf = (ctx: Context, seconds = REFRESH_SECONDS): Date =>
  new Date(ctx.clock.now().getTime() + seconds * 1000)

/** A refresh token of a session, of which only the hash is kept. */
export async function addRefreshToken(tx: Transaction, ctx: Context, sessionId: number): Promise<string> {
  const { secret, hash } = mintSecret('refresh')
  await tx.refreshToken.create({ data: { hash, sessionId, createdAt: ctx.clock.now() } })
  return secret
}

/** A session that nothing refreshes, unless it is given a token for that. */
export async function openSession(tx: Transaction, ctx: Context, user: Person, seconds: number): Promise<number> {
  const now = ctx.clock.now()
  const times = { createdAt: now, lastUsedAt: now, expiresAt: untilOf(ctx, seconds) }
  const data = { userId: user.id, address: ctx.address, ...times }
  const { id } = await tx.session.create({ data, select: { id: true } })
  await tellOfSession(tx, ctx, user, id, 'created')
  return id
}

export async function beginSession(
  tx: Transaction,
  ctx: Context,
  user: Person,
): Promise<{ sessionId: number; refreshToken: string; user: Person }> {
  const sessionId = await openSession(tx, ctx, user, REFRESH_SECONDS)
  return { sessionId, refreshToken: await addRefreshToken(tx, ctx, sessionId), user }
}

type Begun = Awaited<ReturnType<typeof beginSession>>

/** What the person is given, once the session is kept. */
export async function handedOut(ctx: Context, { sessionId, refreshToken, user }: Begun): Promise<SignedIn> {
  ctx.announced()
  ctx.answer.secret = true
  return { accessToken: await ctx.accessTokens.sign({ userId: user.id, sessionId }), refreshToken, user }
}
