import { z } from 'zod'
import { secretHash } from '../../access/secret.ts'
import type { Context } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { record } from '../../core/record.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import type { Transaction } from '../../db/client.ts'
import { hashing } from '../hash-queue.ts'
import { anyPassword, hashPassword, newPassword } from '../password.ts'
import { codeRule, passSecondFactor } from '../second-factor/pass.ts'
import { countAddress, countCode } from '../sessions/attempts.ts'
import { actingAs, beginSession, handedOut, type SignedIn } from '../sessions/session.ts'
import { proven, wrongPassword } from '../sessions/sign-in.ts'
import { SELECTED, toldOf } from './told.ts'

const acceptance = z.object({
  token: z.string().max(200, 'must be at most 200 characters long.'),
  password: anyPassword,
  code: codeRule.optional(),
  displayName: rules.name.optional(),
})

const refused = () => new AppError('INVALID_TOKEN', 'This invitation is not valid; ask for another one.')

const PERSON = { id: true, email: true, displayName: true, locale: true, passwordHash: true, status: true } as const

async function pending(tx: Transaction, ctx: Context, hash: Uint8Array<ArrayBuffer>) {
  const where = { invitationHash: hash, status: 'invited', invitationExpiresAt: { gt: ctx.clock.now() } } as const
  const found = await tx.membership.findFirst({ where, select: { organizationId: true, user: { select: PERSON } } })
  if (!found || found.user.status === 'disabled') throw refused()
  return found
}

type Pending = Awaited<ReturnType<typeof pending>>
type Given = z.output<typeof acceptance>

/** Somebody new chooses a password; who has an account proves that it is theirs. */
async function hashFor(ctx: Context, { user }: Pending, { password, code }: Given): Promise<string | undefined> {
  if (user.passwordHash !== null) {
    const { id, lastSession } = await proven(ctx, user.email, password)
    if (code !== undefined) await countCode(ctx, id, lastSession)
    return undefined
  }
  const { password: chosen } = validated(z.object({ password: newPassword }), { password })
  return hashing(() => hashPassword(chosen))
}

type Accepted = { hash: Uint8Array<ArrayBuffer>; passwordHash: string | undefined; given: Given }

async function accept(tx: Transaction, ctx: Context, { hash, passwordHash, given }: Accepted) {
  const { organizationId, user: known } = await pending(tx, ctx, hash)
  const { displayName } = given
  if ((known.passwordHash === null) !== (passwordHash !== undefined)) throw wrongPassword()
  await passSecondFactor(tx, ctx, known, given.code)
  const accepted = { status: 'active', invitationHash: null, invitationExpiresAt: null } as const
  const where = { organizationId_id: { organizationId, id: known.id }, invitationHash: hash }
  const named = displayName === undefined ? {} : { displayName }
  const member = await tx.membership.update({ where, data: { ...accepted, ...named }, select: SELECTED })
  const data = passwordHash === undefined ? {} : { passwordHash, status: 'active' as const, ...named }
  const {
    passwordHash: _,
    status: __,
    ...user
  } = await tx.user.update({ where: { id: known.id }, data, select: PERSON })
  const change = { type: 'user.joined', target: { type: 'user', id: user.id }, data: toldOf(member) } as const
  await record(tx, actingAs(ctx, user, organizationId), change)
  return beginSession(tx, ctx, user)
}

/** Joins the organization and begins a session. An invitation is good for once. */
export async function acceptInvitation(ctx: Context, input: Input): Promise<SignedIn> {
  const given = validated(acceptance, input)
  await countAddress(ctx, 'invitation')
  const hash = secretHash('invitation', given.token)
  if (!hash) throw refused()
  const found = await ctx.everybody((tx) => pending(tx, ctx, hash))
  const passwordHash = await hashFor(ctx, found, given)
  const begun = await ctx.everybody((tx) => accept(tx, ctx, { hash, passwordHash, given }))
  await ctx.forgetCredentials(`user:${begun.user.id}`)
  return handedOut(ctx, begun)
}
