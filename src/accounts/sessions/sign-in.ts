import { z } from 'zod'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { type Input, validated } from '../../core/validate.ts'
import type { Transaction } from '../../db/client.ts'
import { proving } from '../hash-queue.ts'
import { anyPassword, isPassword } from '../password.ts'
import { codeRule, passSecondFactor } from '../second-factor/pass.ts'
import { type Account, accountByEmail } from './account.sql.ts'
import { countAccount, countAddress, countCode } from './attempts.ts'
import { beginSession, handedOut, openSession, type SignedIn } from './session.ts'

export const accountEmail = z
  .string()
  .trim()
  .max(254, 'must be at most 254 characters long.')
  .transform((email) => email.toLowerCase())

const credentials = z.object({ email: accountEmail, password: anyPassword, code: codeRule.optional() })

/** One sentence, whatever was wrong. */
export const wrongPassword = () =>
  new AppError('UNAUTHENTICATED', 'The mail address or the password is wrong.', { reason: 'invalid_credentials' })

/** The account, once its password was shown; counted before it is looked at. */
export const proven = (ctx: Context, email: string, password: string): Promise<Account> =>
  proving(async () => {
    const account = await ctx.everybody((tx) => accountByEmail(tx, email))
    await countAccount(ctx, email, account?.lastSession)
    const right = await isPassword(password, account?.passwordHash)
    if (!right || account?.status !== 'active') throw wrongPassword()
    return account
  })

/** By password, and by the second factor where there is one: what is begun is begun by the code that is used up. */
async function signedInBy<T>(
  ctx: Context,
  input: Input,
  begin: (tx: Transaction, account: Account) => Promise<T>,
): Promise<T> {
  const { email, password, code } = validated(credentials, input)
  await countAddress(ctx, 'sign-in')
  const account = await proven(ctx, email, password)
  if (code !== undefined) await countCode(ctx, account.id, account.lastSession)
  return ctx.everybody(async (tx) => {
    await passSecondFactor(tx, ctx, account, code)
    return begin(tx, account)
  })
}

export const signIn = async (ctx: Context, input: Input): Promise<SignedIn> =>
  handedOut(ctx, await signedInBy(ctx, input, (tx, account) => beginSession(tx, ctx, account)))

/** For a browser, which holds the session for so long and is given no token. */
export async function signInBrowser(
  ctx: Context,
  input: Input,
  seconds: number,
): Promise<{ userId: number; sessionId: number }> {
  const begun = await signedInBy(ctx, input, async (tx, account) => ({
    userId: account.id,
    sessionId: await openSession(tx, ctx, account, seconds),
  }))
  ctx.announced()
  return begun
}
