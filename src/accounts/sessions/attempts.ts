import { hash } from 'node:crypto'
import { attemptOrigin } from '../../access/address.ts'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'

type Limit = { max: number; windowSeconds: number }

const PER_ADDRESS: Limit = { max: 100, windowSeconds: 60 }
const PER_ACCOUNT: Limit = { max: 10, windowSeconds: 900 }
const CODES: Limit = { max: 5, windowSeconds: 900 }

async function count(ctx: Context, key: string, limit: Limit, sentence: string): Promise<void> {
  const { retryAfter } = await ctx.hits.record(key, limit)
  if (retryAfter > 0) throw new AppError('RATE_LIMITED', sentence, { retryAfter })
}

/** Everything that is tried from one address: passwords, refresh tokens, invitations. */
export const countAddress = (ctx: Context, what: string, limit: Limit = PER_ADDRESS): Promise<void> =>
  count(ctx, `${what} from ${attemptOrigin(ctx.address)}`, limit, 'Too many attempts from this address.')

/**
 * Passwords that are tried for one account, whether it exists or not, since its last session began: a success
 * begins a new count, so that only failures add up.
 */
export const countAccount = (ctx: Context, email: string, lastSession: number | null | undefined): Promise<void> => {
  const account = hash('sha256', email, 'base64url')
  return count(ctx, `password of ${account} ${lastSession ?? 0}`, PER_ACCOUNT, 'Too many attempts for this account.')
}

const TOO_MANY_CODES = 'Too many codes were tried for this account.'

/** Codes that are tried for one account, likewise: whoever knows the password must not guess the rest. */
export const countCode = (ctx: Context, userId: number, lastSession: number | null): Promise<void> =>
  count(ctx, `code of ${userId} ${lastSession ?? 0}`, CODES, TOO_MANY_CODES)

/** Codes that are tried to confirm a new authenticator. */
export const countFirstCode = (ctx: Context, sessionId: number): Promise<void> =>
  count(ctx, `first code in ${sessionId}`, CODES, TOO_MANY_CODES)
