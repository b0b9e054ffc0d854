import { z } from 'zod'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { sealedRows } from '../../core/sealed-row.ts'
import type { Transaction } from '../../db/client.ts'
import type { SecondFactor } from '../../db/generated/client.ts'
import { type Person, tellEverywhere } from '../sessions/session.ts'
import { isOneTimeCode, stepOf, tidied } from './one-time-code.ts'
import { useRecoveryCode } from './recovery-code.ts'

/** They belong to no organization. */
const NOBODYS = { organizationId: 0 }
const rows = sealedRows('second_factor')

export const SECRET = 'secret'
export const placeOf = (id: number) => rows.placeOf(NOBODYS, id)
export const { nextId } = rows

export const codeRule = z.string().max(100, 'must be at most 100 characters long.').transform(tidied)

const required = () =>
  new AppError('UNAUTHENTICATED', 'Send the code of your authenticator as well, or a recovery code, as `code`.', {
    reason: 'second_factor_required',
  })
const wrong = () =>
  new AppError('UNAUTHENTICATED', 'This code is wrong, or was used before.', { reason: 'second_factor_invalid' })

type Identified = Pick<Person, 'id' | 'email'>
type Stored = Pick<SecondFactor, 'id' | 'secret' | 'wrappedKey' | 'keyId'>

const columnOf = (bytes: Uint8Array) => Uint8Array.from(bytes)

export function stepFor(ctx: Context, { id, secret, wrappedKey, keyId }: Stored, code: string): number | undefined {
  const key = ctx.envelope.open(placeOf(id), { wrappedKey: columnOf(wrappedKey), keyId })
  return stepOf(key.open(SECRET, secret), code, ctx.clock.now())
}

/** Whether it is a code of now that nobody has used yet. Of many who show it at once, one has it. */
async function useCode(tx: Transaction, ctx: Context, factor: Stored, code: string): Promise<boolean> {
  const lastStep = stepFor(ctx, factor, code)
  if (lastStep === undefined) return false
  const isLater = { OR: [{ lastStep: null }, { lastStep: { lt: lastStep } }] }
  const { count } = await tx.secondFactor.updateMany({ where: { id: factor.id, ...isLater }, data: { lastStep } })
  return count === 1
}

async function useRecovery(tx: Transaction, ctx: Context, { id, email }: Identified, code: string): Promise<boolean> {
  if (!(await useRecoveryCode(tx, id, code))) return false
  const target = { type: 'account', id }
  await tellEverywhere(tx, ctx, { id, email }, { type: 'account.recovery_code_used', target, data: { id, email } })
  return true
}

/**
 * What somebody shows beside a password that was right: only then is it told that anything is missing. Asked in the
 * transaction of what it opens, so that a code is used up by that and by nothing else.
 */
export async function passSecondFactor(
  tx: Transaction,
  ctx: Context,
  person: Identified,
  code: string | undefined,
): Promise<void> {
  const where = { userId: person.id, confirmedAt: { not: null } }
  const factor = await tx.secondFactor.findFirst({ where })
  if (!factor) return
  if (code === undefined) throw required()
  const passed = isOneTimeCode(code) ? await useCode(tx, ctx, factor, code) : await useRecovery(tx, ctx, person, code)
  if (!passed) throw wrong()
}
