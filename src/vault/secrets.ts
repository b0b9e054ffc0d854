import type { Context } from '../core/context.ts'
import type { RowKey, WrappedKey } from '../core/envelope.ts'
import { sealedRows } from '../core/sealed-row.ts'
import type { Secrets } from './input.ts'
import { readOtp } from './otp.ts'

export const TABLE = 'password_entry'
const [PASSWORD, OTP] = ['password', 'otp_secret']

export const { placeOf, nextId } = sealedRows(TABLE)

/** A check says something of one password only. */
const UNCHECKED = { breachStatus: 'unknown', breachCount: null, lastBreachCheck: null } as const

const sealedOrNone = (key: RowKey, column: string, text: string | null) =>
  text === null ? null : key.seal(column, text)

const sealedPassword = (key: RowKey, password: string | null) => ({
  password: sealedOrNone(key, PASSWORD!, password),
  hasPassword: password !== null,
  ...UNCHECKED,
})

function sealedOtp(key: RowKey, otpSecret: string | null) {
  const kept = otpSecret === null ? null : readOtp(otpSecret)
  return {
    otpSecret: sealedOrNone(key, OTP!, kept?.address ?? null),
    hasOtp: kept !== null,
    ...((kept === null || kept.issuer !== null) && { otpIssuer: kept?.issuer ?? null }),
  }
}

/** The columns that keep what was given of secrets; what was left out stays as it is. */
export const sealed = (key: RowKey, { password, otpSecret }: Secrets) => ({
  ...(password !== undefined && sealedPassword(key, password)),
  ...(otpSecret !== undefined && sealedOtp(key, otpSecret)),
})

export const SECRETS = { password: true, otpSecret: true, wrappedKey: true, keyId: true } as const

type Stored = WrappedKey & { id: number; password: Uint8Array | null; otpSecret: Uint8Array | null }

/** What a row keeps, in plain text. */
export function opened(ctx: Context, { id, password, otpSecret, ...stored }: Stored) {
  const key = ctx.envelope.open(placeOf(ctx, id), stored)
  return {
    password: () => (password === null ? null : key.open(PASSWORD!, password)),
    otp: () => (otpSecret === null ? null : key.open(OTP!, otpSecret)),
  }
}
