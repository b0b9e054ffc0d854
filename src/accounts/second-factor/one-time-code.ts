import { Secret, TOTP } from 'otpauth'

const ISSUER = 'Opsgraph'
const SECRET_BYTES = 20
const PERIOD_S = 30
/** Clocks differ: the code before and the one after count as well. */
const WINDOW = 1

const SHAPE = /^\d{6}$/

const totpOf = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: ISSUER, label, secret: Secret.fromBase32(secret), digits: 6, period: PERIOD_S })

export const newSecret = (): string => new Secret({ size: SECRET_BYTES }).base32

/** What authenticators read, behind a square code or by hand. */
export const addressOf = (secret: string, email: string): string => totpOf(secret, email).toString()

/** Authenticators show codes in groups. */
export const tidied = (code: string): string => code.replace(/[\s-]/g, '').toLowerCase()

export const isOneTimeCode = (code: string): boolean => SHAPE.test(code)

/** RFC 6238: the step whose code it is, if it is one of those that count now. */
export function stepOf(secret: string, code: string, now: Date): number | undefined {
  const timestamp = now.getTime()
  const delta = isOneTimeCode(code) ? totpOf(secret).validate({ token: code, timestamp, window: WINDOW }) : null
  return delta === null ? undefined : Math.floor(timestamp / 1000 / PERIOD_S) + delta
}
