import { type Context, row } from '../core/context.ts'
import { lockRow } from '../core/lock.ts'
import { type Input, validated } from '../core/validate.ts'
import { createRow, deleteRow, updateRow } from '../core/write.ts'
import type { Transaction } from '../db/client.ts'
import { TAG_IDS, tagged, tagLinks } from '../inventory/tagging.ts'
import { approvals } from './grants/verbs.ts'
import { change, creation, type Secrets } from './input.ts'
import { nextId, placeOf, sealed, TABLE } from './secrets.ts'

const ENTRY = { name: TABLE } as const

export const createPasswordEntry = (ctx: Context, input: Input) => {
  const { tagIds = [], password = null, otpSecret = null, ...given } = validated(creation, input)
  return createRow(ctx, ENTRY, async (tx) => {
    const id = await nextId(tx)
    const { key, stored } = ctx.envelope.create(placeOf(ctx, id))
    const secrets = sealed(key, { password, otpSecret })
    const tags = { create: await tagLinks(tx, ctx, tagIds) }
    const data = { id, organizationId: ctx.organizationId, ...stored, ...secrets, ...present(given), tags }
    return tagged(await tx.passwordEntry.create({ data, include: TAG_IDS }))
  })
}

/** An issuer that is left out, or null, leaves the place to the one that the secret names. */
const present = <G extends { otpIssuer?: string | null | undefined }>({ otpIssuer, ...given }: G) => ({
  ...given,
  ...(otpIssuer && { otpIssuer }),
})

async function resealed(tx: Transaction, ctx: Context, id: number, secrets: Secrets) {
  if (secrets.password === undefined && secrets.otpSecret === undefined) return {}
  await lockRow(tx, ctx, TABLE, id)
  const select = { wrappedKey: true, keyId: true }
  const stored = await tx.passwordEntry.findUniqueOrThrow({ where: row(ctx, id), select })
  return { ...sealed(ctx.envelope.open(placeOf(ctx, id), stored), secrets), secretVersion: { increment: 1 } }
}

export const updatePasswordEntry = (ctx: Context, id: number, input: Input) => {
  const { tagIds, password, otpSecret, ...given } = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, ENTRY, {
    read: async (tx) => {
      const entry = await tx.passwordEntry.findUnique({ where, include: TAG_IDS })
      return entry && tagged(entry)
    },
    write: async (tx, before) => {
      // Whoever could not reveal an entry cannot lift what keeps them from it either.
      if (given.requiresApproval === false) await approvals.use(tx, ctx, before)
      const secrets = await resealed(tx, ctx, id, { password, otpSecret })
      const tags = tagIds && { deleteMany: {}, create: await tagLinks(tx, ctx, tagIds) }
      const data = { ...secrets, ...given, ...(tags && { tags }) }
      return tagged(await tx.passwordEntry.update({ where, data, include: TAG_IDS }))
    },
  })
}

export const deletePasswordEntry = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, ENTRY, {
    read: (tx) => tx.passwordEntry.findUnique({ ...query, where }),
    remove: async (tx) => tagged(await tx.passwordEntry.delete({ where, include: TAG_IDS })),
  })
}
