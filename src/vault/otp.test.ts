import { Secret } from 'otpauth'
import { describe, expect, it } from 'vitest'
import type { AppError } from '../core/errors.ts'
import { codeOf, readOtp } from './otp.ts'

const seed = (length: number) => Secret.fromUTF8('1234567890'.repeat(7).slice(0, length)).base32
const addressOf = (algorithm: string, length: number) =>
  readOtp(`otpauth://totp/RFC:6238?secret=${seed(length)}&algorithm=${algorithm}&digits=8&period=30`).address
const at = (seconds: number) => new Date(seconds * 1000)

const TIMES = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000]
const VECTORS: [string, number, string[]][] = [
  ['SHA1', 20, ['94287082', '07081804', '14050471', '89005924', '69279037', '65353130']],
  ['SHA256', 32, ['46119246', '68084774', '67062674', '91819424', '90698825', '77737706']],
  ['SHA512', 64, ['90693936', '25091201', '99943326', '93441116', '38618901', '47863826']],
]

describe('one-time codes', () => {
  it.each(VECTORS)('are those of RFC 6238, appendix B, for %s', (algorithm, length, codes) => {
    const address = addressOf(algorithm, length)
    expect(TIMES.map((time) => codeOf(address, at(time)).code)).toEqual(codes)
  })

  it('hold for thirty seconds, and tell for how many more', () => {
    const { address } = readOtp('JBSWY3DPEHPK3PXP')
    const [first, last, next] = [codeOf(address, at(60)), codeOf(address, at(89)), codeOf(address, at(90))]
    expect([first.timeRemaining, last.timeRemaining, next.timeRemaining]).toEqual([30, 1, 30])
    expect(first.code).toMatch(/^\d{6}$/)
    expect(last.code).toBe(first.code)
    expect(next.code).not.toBe(first.code)
  })
})

describe('a secret', () => {
  it.each(['jbsw y3dp ehpk 3pxp', 'JBSW-Y3DP-EHPK-3PXP', ' JBSWY3DPEHPK3PXP== ', 'JBSWY3DPEHPK3PXP'])(
    'may be written %j',
    (text) => {
      const reference = codeOf(readOtp('JBSWY3DPEHPK3PXP').address, at(59))
      expect(codeOf(readOtp(text).address, at(59))).toEqual(reference)
    },
  )

  it('may be an address, whose issuer, algorithm, digits and period count', () => {
    const { address, issuer } = readOtp(
      'otpauth://totp/Acme%20Co:ada@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Acme%20Co&algorithm=SHA512&digits=8&period=60',
    )
    expect(issuer).toBe('Acme Co')
    expect(codeOf(address, at(0))).toEqual({ code: expect.stringMatching(/^\d{8}$/), timeRemaining: 60 })
    for (const part of ['algorithm=SHA512', 'digits=8', 'period=60']) expect(address).toContain(part)
  })

  it.each([
    ['not base32!', 'base32'],
    ['ABC', '8 to 512'],
    ['otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP&counter=1', 'totp'],
    ['otpauth://totp/a', 'must be an address like'],
    ['otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&algorithm=MD5', ''],
    ['otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&digits=99', 'digits'],
    ['otpauth://totp/a?secret=JBSWY3DPEHPK3PXP&period=1', 'seconds'],
    ['otpauth://totp/a?secret=AB', '8 to 512'],
  ])('is refused as %j', (text, word) => {
    try {
      readOtp(text)
      expect.unreachable()
    } catch (error) {
      const { code, details } = error as AppError
      expect(code).toBe('INVALID_REQUEST')
      expect(details.fields?.otpSecret?.[0]).toContain(word)
      expect(JSON.stringify(details)).not.toContain(text)
    }
  })
})
