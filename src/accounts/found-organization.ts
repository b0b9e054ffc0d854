import { z } from 'zod'
import type { Context, FoundOrganization } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { record } from '../core/record.ts'
import * as rules from '../core/rules.ts'
import { type Input, validated } from '../core/validate.ts'
import type { PrismaClient, Transaction } from '../db/client.ts'
import { asSystem } from '../db/tenant.ts'
import { hashPassword, newPassword } from './password.ts'

const founding = z.object({
  slug: rules.slug,
  name: rules.name,
  email: rules.email.transform((email) => email.toLowerCase()),
  password: newPassword.optional(),
})

type Founding = z.output<typeof founding> & { passwordHash: string | null }
type SystemTransaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0]

export type Founded = { organizationId: number; slug: string; name: string; ownerId: number; email: string }

const taken = (slug: string) =>
  new AppError('CONFLICT', `There is already an organization with the slug ${slug}; choose another.`, {
    fields: { slug: ['This is already taken; choose another.'] },
  })

async function refuseTaken(tx: SystemTransaction, slug: string): Promise<void> {
  if (await tx.organization.findUnique({ where: { slug } })) throw taken(slug)
}

/** Somebody who is known by that address already keeps their password. */
async function insert(tx: SystemTransaction, { slug, name, email, passwordHash }: Founding): Promise<Founded> {
  await refuseTaken(tx, slug)
  const { id: organizationId } = await tx.organization.create({ data: { slug, name } })
  const displayName = email.slice(0, email.indexOf('@'))
  const { id: ownerId } = await tx.user.upsert({
    where: { email },
    create: { email, displayName, passwordHash },
    update: {},
  })
  await tx.membership.create({ data: { organizationId, id: ownerId, role: 'owner' } })
  return { organizationId, slug, name, ownerId, email }
}

/** A new organization and its first owner: the operator's verb, for which no organization can ask. */
export async function foundOrganization(
  prisma: PrismaClient,
  contextOf: (organizationId: number) => Context,
  input: Input,
): Promise<Founded> {
  const wanted = validated(founding, input)
  const passwordHash = wanted.password === undefined ? null : await hashPassword(wanted.password)
  return asSystem(() =>
    prisma.$transaction(async (tx) => {
      const founded = await insert(tx, { ...wanted, passwordHash })
      const { organizationId: id, slug, name, email } = founded
      const change = {
        type: 'organization.created',
        target: { type: 'organization', id },
        data: { slug, name, owner: email },
      } as const
      await record(tx as unknown as Transaction, contextOf(id), change)
      return founded
    }),
  )
}

/** The same for somebody who has an account: whoever asks becomes the owner, and is the actor in the new trail. */
export const founderOf =
  (prisma: PrismaClient): FoundOrganization =>
  async (by, { slug, name, description = '' }) => {
    const { userId } = by.actor
    if (userId === null)
      throw new AppError('FORBIDDEN', 'An organization is owned by a person; nobody stands behind this.')
    return asSystem(() =>
      prisma.$transaction(async (tx) => {
        await refuseTaken(tx, slug)
        const made = await tx.organization.create({ data: { slug, name, description } })
        const { user } = await tx.membership.create({
          data: { organizationId: made.id, id: userId, role: 'owner' },
          select: { user: { select: { email: true } } },
        })
        const data = { slug, name, owner: user.email }
        const ctx = { ...by, organizationId: made.id }
        await record(tx as unknown as Transaction, ctx, {
          ...{ type: 'organization.created', target: { type: 'organization', id: made.id }, data },
        })
        return made
      }),
    )
  }
