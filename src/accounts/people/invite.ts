import { z } from 'zod'
import { mintSecret } from '../../access/secret.ts'
import type { Context, Message } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { ROLES } from '../../core/permissions.ts'
import { databaseRefusal } from '../../core/public-error.ts'
import { record } from '../../core/record.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import type { Transaction } from '../../db/client.ts'
import { refuseBroaderRole } from './roles.ts'
import { type Member, SELECTED, toldOf } from './told.ts'

const INVITED_MS = 7 * 86_400_000

export const locale = z
  .string()
  .trim()
  .max(35, 'must be at most 35 characters long.')
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag like en or de-AT.')

const invitation = z.object({
  email: rules.email.transform((email) => email.toLowerCase()),
  displayName: rules.name.optional(),
  locale: locale.optional(),
  role: z.enum(ROLES).default('readonly'),
})

type Invitation = z.output<typeof invitation>
export type Invited = Member & { invitationToken: string; invitationExpiresAt: Date; isMailed: boolean }

/** Whoever is known to another organization keeps their account, and nothing of it is told here. */
async function accountOf(tx: Transaction, { email, ...given }: Invitation): Promise<number> {
  const known = await tx.user.findUnique({ where: { email }, select: { id: true } })
  if (known) return known.id
  const displayName = given.displayName ?? email.slice(0, email.indexOf('@'))
  const made = { email, displayName, status: 'invited', ...(given.locale && { locale: given.locale }) } as const
  return (await tx.user.create({ data: made, select: { id: true } })).id
}

/** A person is invited once; again, when they have left or did not come in time. */
async function refuseTwice(tx: Transaction, ctx: Context, id: number): Promise<void> {
  const where = { organizationId_id: { organizationId: ctx.organizationId, id } }
  const member = await tx.membership.findUnique({ where, select: { status: true, invitationExpiresAt: true } })
  if (!member || member.status === 'removed') return
  if (member.status === 'invited' && member.invitationExpiresAt! <= ctx.clock.now()) return
  const sentence =
    member.status === 'invited' ? 'This person is invited already.' : 'This person belongs to the organization already.'
  throw new AppError('CONFLICT', sentence, { fields: { email: [sentence] } })
}

async function invite(tx: Transaction, ctx: Context, wanted: Invitation, hash: Uint8Array<ArrayBuffer>) {
  const { organizationId } = ctx
  const id = await accountOf(tx, wanted)
  await refuseTwice(tx, ctx, id)
  const now = ctx.clock.now()
  const { email, role } = wanted
  const named = { displayName: wanted.displayName ?? email.slice(0, email.indexOf('@')), locale: wanted.locale ?? 'en' }
  const offered = { role, status: 'invited', invitationHash: hash, createdAt: now, ...named } as const
  const invitationExpiresAt = new Date(now.getTime() + INVITED_MS)
  const member = await tx.membership.upsert({
    where: { organizationId_id: { organizationId, id } },
    create: { organizationId, id, ...offered, invitationExpiresAt },
    update: { ...offered, invitationExpiresAt },
    select: SELECTED,
  })
  await record(tx, ctx, { type: 'user.invited', target: { type: 'user', id }, data: toldOf(member) })
  return { ...member, invitationExpiresAt }
}

const messageTo = (email: string, organization: string, token: string): Message => ({
  to: email,
  subject: `You are invited to ${organization}`,
  text: [
    `You are invited to join ${organization} on Opsgraph.`,
    '',
    'To accept within seven days, send this token and a password (your own,',
    'if you have an account) to POST /api/v1/auth/accept-invite:',
    '',
    token,
    '',
    'If you did not expect this, do nothing.',
    '',
  ].join('\n'),
})

/** The token is returned once, and mailed; only its hash is kept. */
export async function inviteUser(ctx: Context, input: Input): Promise<Invited> {
  const wanted = validated(invitation, input)
  refuseBroaderRole(ctx, wanted.role)
  const { secret, hash } = mintSecret('invitation')
  const member = await ctx
    .everybody((tx) => invite(tx, ctx, wanted, hash))
    .catch((error: unknown) => {
      throw databaseRefusal(error) ?? error
    })
  ctx.announced()
  ctx.answer.secret = true
  await ctx.forgetCredentials(`user:${member.id}`)
  const organization = ctx.organizationName ?? 'an organization'
  const isMailed = await ctx.mail.send(messageTo(wanted.email, organization, secret))
  return { ...member, invitationToken: secret, isMailed }
}
