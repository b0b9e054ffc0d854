import { hash, randomBytes } from 'node:crypto'
import type { Context } from '../../core/context.ts'
import type { Transaction } from '../../db/client.ts'

const CODES = 10
const CHARACTERS = 16
/** Crockford's base32: nothing in it looks like anything else. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'

/** 80 random bits, in groups that people can read out. */
function newCode(): string {
  const digits = Array.from(randomBytes(CHARACTERS), (byte) => DIGITS[byte % DIGITS.length]!)
  return digits.join('').replace(/(.{4})(?=.)/g, '$1-')
}

const LOOKALIKES: Record<string, string> = { o: '0', i: '1', l: '1' }

const hashOf = (userId: number, code: string): Uint8Array<ArrayBuffer> => {
  const read = code.replaceAll('-', '').replace(/[oil]/g, (letter) => LOOKALIKES[letter]!)
  return Uint8Array.from(hash('sha256', `recovery code of ${userId}: ${read}`, 'buffer'))
}

/** New ones, which are shown this once; those before are good for nothing any more. */
export async function renewRecoveryCodes(tx: Transaction, ctx: Context, userId: number): Promise<string[]> {
  const codes = Array.from({ length: CODES }, newCode)
  const createdAt = ctx.clock.now()
  await tx.recoveryCode.deleteMany({ where: { userId } })
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ hash: hashOf(userId, code), userId, createdAt })) })
  return codes
}

/** Whether it was one. Of many who show the same code at once, one has it. */
export async function useRecoveryCode(tx: Transaction, userId: number, code: string): Promise<boolean> {
  const { count } = await tx.recoveryCode.deleteMany({ where: { userId, hash: hashOf(userId, code) } })
  return count === 1
}
