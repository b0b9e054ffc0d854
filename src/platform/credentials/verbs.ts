import { type Context, row } from '../../core/context.ts'
import { invalid } from '../../core/errors.ts'
import { lockRow } from '../../core/lock.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, deleteRow, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import { change, creation } from './input.ts'
import { CREDENTIAL, type Credential, endRole, hold } from './issued/end.ts'
import { assertPolicy, loosens } from './policy.ts'
import { nextId, placeOf, sealedUri, TABLE } from './secrets.ts'
import { MASK } from './uri.ts'

export const createCredential = (ctx: Context, input: Input) => {
  const { uri, ...given } = validated(creation, input)
  return createRow(ctx, CREDENTIAL, async (tx) => {
    const id = await nextId(tx)
    const { key, stored } = ctx.envelope.create(placeOf(ctx, id))
    const times = { createdAt: ctx.clock.now(), rotatedAt: ctx.clock.now() }
    const data = { id, organizationId: ctx.organizationId, ...stored, ...sealedUri(key, uri), ...given, ...times }
    return tx.credential.create({ data })
  })
}

/** The columns of another URI; none where what was sent is what was shown. */
async function resealed(tx: Transaction, ctx: Context, { id, maskedUri }: Credential, uri: string | undefined) {
  if (uri === undefined || uri === maskedUri) return {}
  if (uri.includes(MASK)) throw invalid('uri', 'is what is shown of a URI, not one.')
  const select = { wrappedKey: true, keyId: true }
  const stored = await tx.credential.findUniqueOrThrow({ where: row(ctx, id), select })
  const sealed = sealedUri(ctx.envelope.open(placeOf(ctx, id), stored), uri)
  return { ...sealed, secretVersion: { increment: 1 }, rotatedAt: ctx.clock.now() }
}

const BY_THE_SERVER = ['uri', 'groupId', 'expiresAt'] as const

/** What an issued credential opens was settled when its role was made. */
function refuseSettled({ kind, maskedUri }: Credential, given: Record<string, unknown>): void {
  if (kind !== 'issued') return
  const named = BY_THE_SERVER.find((field) => given[field] !== undefined && given[field] !== maskedUri)
  if (named) throw invalid(named, 'is settled for an issued credential: rotate it, or issue another one.')
}

export const updateCredential = (ctx: Context, id: number, input: Input) => {
  const { uri, ...given } = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, CREDENTIAL, {
    read: async (tx) => {
      await lockRow(tx, ctx, TABLE, id)
      return tx.credential.findUnique({ where })
    },
    write: async (tx, before) => {
      refuseSettled(before, { uri, ...given })
      // Whoever could not reveal it cannot lift what keeps them from it either.
      if (loosens(before, given)) await assertPolicy(tx, ctx, before)
      return tx.credential.update({ where, data: { ...given, ...(await resealed(tx, ctx, before, uri)) } })
    },
  })
}

export const deleteCredential = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, CREDENTIAL, {
    read: async (tx) => {
      await hold(tx, ctx, id)
      return tx.credential.findUnique({ ...query, where })
    },
    remove: async (tx) => {
      const whole = await tx.credential.findUniqueOrThrow({ where })
      if (whole.kind === 'issued') await endRole(tx, ctx, whole)
      return tx.credential.delete({ where })
    },
  })
}
