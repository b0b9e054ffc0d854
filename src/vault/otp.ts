import { TOTP, URI } from 'otpauth'
import { invalid } from '../core/errors.ts'

const FIELD = 'otpSecret'
const BASE32 = /^[A-Z2-7]{8,512}$/
const ALGORITHMS = ['SHA1', 'SHA256', 'SHA512']
const DIGITS = { least: 6, most: 8 }
const PERIOD = { least: 10, most: 300 }

export type OneTimeCode = { code: string; timeRemaining: number }
/** What is kept of a secret: an address in the form of all authenticators, and who issued it. */
export type KeptOtp = { address: string; issuer: string | null }

/** Secrets are shown to people in groups, in either case, sometimes padded. */
const tidied = (text: string): string => text.replace(/[\s-]/g, '').replace(/=+$/, '').toUpperCase()

function fromAddress(text: string): TOTP {
  let read: ReturnType<typeof URI.parse>
  try {
    read = URI.parse(text)
  } catch {
    throw invalid(FIELD, 'must be an address like otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP&issuer=Acme.')
  }
  if (read instanceof TOTP) return read
  throw invalid(FIELD, 'must make codes by time (totp); those that count (hotp) are not kept.')
}

function refuseStrange({ algorithm, digits, period, secret }: TOTP): void {
  if (!ALGORITHMS.includes(algorithm)) throw invalid(FIELD, `must use one of ${ALGORITHMS.join(', ')}.`)
  if (digits < DIGITS.least || digits > DIGITS.most)
    throw invalid(FIELD, `must make codes of ${DIGITS.least} to ${DIGITS.most} digits.`)
  if (period < PERIOD.least || period > PERIOD.most)
    throw invalid(FIELD, `must make a code every ${PERIOD.least} to ${PERIOD.most} seconds.`)
  if (!BASE32.test(secret.base32)) throw invalid(FIELD, 'must have a secret of 8 to 512 characters in base32.')
}

/** Reads what people paste: the secret alone, or the address behind the square code. */
export function readOtp(given: string): KeptOtp {
  const text = given.trim()
  const isAddress = /^otpauth:/i.test(text)
  if (!isAddress && !BASE32.test(tidied(text)))
    throw invalid(FIELD, 'must be a secret of 8 to 512 characters in base32, or an otpauth:// address.')
  const totp = isAddress ? fromAddress(text) : new TOTP({ secret: tidied(text) })
  refuseStrange(totp)
  return { address: totp.toString(), issuer: totp.issuer || null }
}

/** RFC 6238: the code of this moment, and for how many seconds it holds. */
export function codeOf(address: string, now: Date): OneTimeCode {
  const totp = URI.parse(address) as TOTP
  const seconds = Math.floor(now.getTime() / 1000)
  const code = totp.generate({ timestamp: now.getTime() })
  return { code, timeRemaining: totp.period - (seconds % totp.period) }
}
