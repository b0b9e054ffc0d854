import { z } from 'zod'
import type { Context } from '../core/context.ts'
import * as rules from '../core/rules.ts'
import { slugOf } from '../core/slug.ts'
import { type Input, validated } from '../core/validate.ts'
import { updateRow } from '../core/write.ts'

const fields = { slug: rules.slug.min(1, 'must not be empty.').optional(), description: rules.text.optional() }
const creation = z.object({ name: rules.name, ...fields })
const change = z.object({ name: rules.name.optional(), ...fields })

/** Whoever makes it may choose it from their next request on. */
export async function createOrganization(ctx: Context, input: Input) {
  const { name, slug, description } = validated(creation, input)
  const made = await ctx.foundOrganization(ctx, { name, slug: slug ?? slugOf(name), description })
  ctx.announced()
  if (ctx.actor.userId !== null) await ctx.forgetCredentials(`user:${ctx.actor.userId}`)
  return made
}

export async function updateOrganization(ctx: Context, id: number, input: Input) {
  const data = validated(change, input)
  const where = { id }
  const changed = await updateRow(
    ctx,
    { name: 'organization' },
    {
      read: (tx) => tx.organization.findUnique({ where }),
      write: (tx) => tx.organization.update({ where, data }),
    },
  )
  await ctx.forgetCredentials(`organization:${id}`)
  return changed
}
