import { type Context, row, transaction } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { found } from '../core/found.ts'
import { record } from '../core/record.ts'
import type { Transaction } from '../db/client.ts'
import { approvals } from './grants/verbs.ts'
import { codeOf, type OneTimeCode } from './otp.ts'
import { opened, SECRETS, TABLE } from './secrets.ts'
import type { Revealed } from './type.ts'

const WHOLE = { id: true, title: true, requiresApproval: true, otpIssuer: true, hasOtp: true, ...SECRETS } as const

const wanted = (tx: Transaction, ctx: Context, id: number) =>
  found(TABLE, tx.passwordEntry.findUnique({ where: row(ctx, id), select: WHOLE }))

type Entry = Awaited<ReturnType<typeof wanted>>

/** Before the secret is opened it is written down that it was, in the transaction that has to end well to show it. */
async function noteSeen(tx: Transaction, ctx: Context, { id, title, ...entry }: Entry, what: 'revealed' | 'otp_read') {
  const grantId = await approvals.use(tx, ctx, { id, ...entry })
  const data = { id, title, ...(grantId !== undefined && { grantId }) }
  await record(tx, ctx, { type: `${TABLE}.${what}`, target: { type: TABLE, id }, data })
}

function assertMayReveal({ permissions }: Context): void {
  const need = 'vault:reveal'
  if (!permissions.has(need)) throw new AppError('FORBIDDEN', `This needs the permission ${need}.`, { need })
}

/** The row as `query` selects it, with its password in plain text. Audited: without the audit row, no secret. */
export function revealPassword(ctx: Context, id: number, query: object = {}): Promise<object & Revealed> {
  assertMayReveal(ctx)
  ctx.answer.secret = true
  return transaction(ctx, async (tx) => {
    const entry = await wanted(tx, ctx, id)
    await noteSeen(tx, ctx, entry, 'revealed')
    const shown = await found(TABLE, tx.passwordEntry.findUnique({ ...query, where: row(ctx, id) }))
    return { ...shown, revealed: opened(ctx, entry).password() }
  })
}

/** As the document words it. */
export const NO_OTP = 'Not an OTP entry'
const noOtp = () => new AppError('INVALID_REQUEST', NO_OTP, { as: 'error', fields: { id: [NO_OTP] } })

export type PasswordOtp = { otp: OneTimeCode & { issuer: string | null } }

/** The one-time code of this moment, audited like a password. */
export function readOneTimeCode(ctx: Context, id: number): Promise<PasswordOtp> {
  assertMayReveal(ctx)
  ctx.answer.secret = true
  return transaction(ctx, async (tx) => {
    const entry = await wanted(tx, ctx, id)
    if (!entry.hasOtp) throw noOtp()
    await noteSeen(tx, ctx, entry, 'otp_read')
    const code = codeOf(opened(ctx, entry).otp()!, ctx.clock.now())
    return { otp: { ...code, issuer: entry.otpIssuer } }
  })
}
