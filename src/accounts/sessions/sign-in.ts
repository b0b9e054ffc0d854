import { z } from 'zod'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { type Input, validated } from '../../core/validate.ts'
import { anyPassword, isPassword } from '../password.ts'
import { type Account, accountByEmail } from './account.sql.ts'
import { countAccount, countAddress } from './attempts.ts'
import { beginSession, handedOut, type SignedIn } from './session.ts'

export const accountEmail = z
  .string()
  .trim()
  .max(254, 'must be at most 254 characters long.')
  .transform((email) => email.toLowerCase())

const credentials = z.object({ email: accountEmail, password: anyPassword })

/** One sentence, whatever was wrong. */
export const wrongPassword = () =>
  new AppError('UNAUTHENTICATED', 'The mail address or the password is wrong.', { reason: 'invalid_credentials' })

/** The account, once its password was shown; counted before it is looked at. */
export async function proven(ctx: Context, email: string, password: string): Promise<Account> {
  const account = await ctx.everybody((tx) => accountByEmail(tx, email))
  await countAccount(ctx, email, account?.lastSession)
  const right = await isPassword(password, account?.passwordHash)
  if (!right || account?.status !== 'active') throw wrongPassword()
  return account
}

export async function signIn(ctx: Context, input: Input): Promise<SignedIn> {
  const { email, password } = validated(credentials, input)
  await countAddress(ctx, 'sign-in')
  const account = await proven(ctx, email, password)
  return handedOut(ctx, await ctx.everybody((tx) => beginSession(tx, ctx, account)))
}
