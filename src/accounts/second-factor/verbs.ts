import { z } from 'zod'
import type { Context } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import type { EventType } from '../../core/events/catalogue.ts'
import { type Input, validated } from '../../core/validate.ts'
import type { Transaction } from '../../db/client.ts'
import { anyPassword } from '../password.ts'
import { countFirstCode } from '../sessions/attempts.ts'
import { signedInPerson } from '../sessions/end.ts'
import { type Person, tellEverywhere } from '../sessions/session.ts'
import { proven } from '../sessions/sign-in.ts'
import { addressOf, newSecret } from './one-time-code.ts'
import { codeRule, nextId, placeOf, SECRET, stepFor } from './pass.ts'
import { renewRecoveryCodes } from './recovery-code.ts'

/** How long a new authenticator waits for its first code. */
const WAITS_MS = 3_600_000

export type NewSecondFactor = { secret: string; uri: string }
export type RecoveryCodes = { recoveryCodes: string[] }
export type SecondFactorState = { confirmedAt: Date | null; recoveryCodesLeft: number }

type Identified = Pick<Person, 'id' | 'email'>

/** Held until the transaction ends, so that no two changes of one person's second factor meet. */
export const lockPerson = (tx: Transaction, id: number) =>
  tx.$executeRaw`SELECT 1 FROM app_user WHERE id = ${id} FOR UPDATE`

const tell = (tx: Transaction, ctx: Context, { id, email }: Identified, type: EventType) =>
  tellEverywhere(tx, ctx, { id, email }, { type, target: { type: 'account', id }, data: { id, email } })

const inForce = (userId: number) => ({ userId, confirmedAt: { not: null } })
const waiting = (userId: number) => ({ userId, confirmedAt: null })

const missing = () => new AppError('CONFLICT', 'There is no second factor; begin with one first.')

const NONE: SecondFactorState = { confirmedAt: null, recoveryCodesLeft: 0 }

/** Of the person who is signed in; a key has none. */
export async function secondFactorOf(ctx: Context): Promise<SecondFactorState> {
  if (ctx.credential?.sessionId === undefined) return NONE
  const { userId } = signedInPerson(ctx)
  return ctx.everybody(async (tx) => {
    const factor = await tx.secondFactor.findFirst({ where: inForce(userId), select: { confirmedAt: true } })
    return {
      confirmedAt: factor?.confirmedAt ?? null,
      recoveryCodesLeft: await tx.recoveryCode.count({ where: { userId } }),
    }
  })
}

const shown = z.object({ password: anyPassword })

/** Whoever is signed in, after their password: a session that was stolen must not lock its person out. */
async function withPassword(ctx: Context, input: Input): Promise<Identified> {
  const { password } = validated(shown, input)
  return proven(ctx, signedInPerson(ctx).email, password)
}

async function keep(tx: Transaction, ctx: Context, person: Identified, secret: string): Promise<void> {
  await lockPerson(tx, person.id)
  await tx.secondFactor.deleteMany({ where: waiting(person.id) })
  const id = await nextId(tx)
  const { key, stored } = ctx.envelope.create(placeOf(id))
  const sealed = { id, userId: person.id, secret: key.seal(SECRET, secret), ...stored }
  await tx.secondFactor.create({ data: { ...sealed, createdAt: ctx.clock.now() } })
  await tell(tx, ctx, person, 'account.second_factor_begun')
}

/** The secret is shown this once. What is in force stays so until a code of the new one is shown. */
export async function beginSecondFactor(ctx: Context, input: Input): Promise<NewSecondFactor> {
  const person = await withPassword(ctx, input)
  const secret = newSecret()
  await ctx.everybody((tx) => keep(tx, ctx, person, secret))
  ctx.announced()
  ctx.answer.secret = true
  return { secret, uri: addressOf(secret, person.email) }
}

async function confirm(tx: Transaction, ctx: Context, person: Identified, code: string): Promise<string[]> {
  await lockPerson(tx, person.id)
  const now = ctx.clock.now()
  const since = new Date(now.getTime() - WAITS_MS)
  const next = await tx.secondFactor.findFirst({ where: { ...waiting(person.id), createdAt: { gt: since } } })
  if (!next) throw new AppError('CONFLICT', 'No second factor waits for its first code; begin with one.')
  const lastStep = stepFor(ctx, next, code)
  if (lastStep === undefined) throw invalid('code', 'is not the code of this moment.')
  await tx.secondFactor.deleteMany({ where: inForce(person.id) })
  await tx.secondFactor.update({ where: { id: next.id }, data: { confirmedAt: now, lastStep } })
  await tell(tx, ctx, person, 'account.second_factor_added')
  return renewRecoveryCodes(tx, ctx, person.id)
}

const confirmation = z.object({ code: codeRule })

export async function confirmSecondFactor(ctx: Context, input: Input): Promise<RecoveryCodes> {
  const { code } = validated(confirmation, input)
  const { userId: id, sessionId, email } = signedInPerson(ctx)
  await countFirstCode(ctx, sessionId)
  const recoveryCodes = await ctx.everybody((tx) => confirm(tx, ctx, { id, email }, code))
  ctx.announced()
  ctx.answer.secret = true
  return { recoveryCodes }
}

export async function renewCodes(ctx: Context, input: Input): Promise<RecoveryCodes> {
  const person = await withPassword(ctx, input)
  const recoveryCodes = await ctx.everybody(async (tx) => {
    await lockPerson(tx, person.id)
    if ((await tx.secondFactor.count({ where: inForce(person.id) })) === 0) throw missing()
    await tell(tx, ctx, person, 'account.recovery_codes_renewed')
    return renewRecoveryCodes(tx, ctx, person.id)
  })
  ctx.announced()
  ctx.answer.secret = true
  return { recoveryCodes }
}

/** With what waits to take its place, and the recovery codes; whether there was one in force. */
export async function forgetSecondFactor(tx: Transaction, userId: number): Promise<boolean> {
  await lockPerson(tx, userId)
  const { count } = await tx.secondFactor.deleteMany({ where: inForce(userId) })
  await tx.secondFactor.deleteMany({ where: waiting(userId) })
  await tx.recoveryCode.deleteMany({ where: { userId } })
  return count > 0
}

export async function disableSecondFactor(ctx: Context, input: Input): Promise<SecondFactorState> {
  const person = await withPassword(ctx, input)
  await ctx.everybody(async (tx) => {
    if (!(await forgetSecondFactor(tx, person.id))) throw missing()
    await tell(tx, ctx, person, 'account.second_factor_removed')
  })
  ctx.announced()
  return NONE
}
