import { hash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { Binary } from '../../core/scalars.ts'
import { type Input, validated } from '../../core/validate.ts'
import { createRow, deleteRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import { kindOf } from './kind.ts'
import { displayName } from './name.ts'

const MIB = 1024 * 1024
const LARGEST = 25 * MIB
const QUOTA = 1024 * MIB

const DOCUMENT = { name: 'document' } as const

const upload = z.object({ name: z.string().max(1000, 'must be at most 1000 characters long.').nullish() })

const tooLarge = (sentence: string) =>
  new AppError('PAYLOAD_TOO_LARGE', `content: ${sentence}`, { fields: { content: [sentence] } })

function bytesOf({ content }: Input): Buffer {
  if (!Buffer.isBuffer(content) || content.length === 0) throw invalid('content', 'must be a file that is not empty.')
  if (content.length > LARGEST) throw tooLarge('must be at most 25 MiB.')
  return content
}

/** Uploads of one organization pass here one at a time, so that together they keep to the quota as well. */
async function assertRoom(tx: Transaction, { organizationId }: Context, size: number): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('document quota'), ${organizationId}::int)`
  const { _sum } = await tx.document.aggregate({ where: { organizationId }, _sum: { sizeBytes: true } })
  if ((_sum.sizeBytes ?? 0) + size > QUOTA)
    throw tooLarge('does not fit: all documents together may have at most 1 GiB.')
}

/** Bytes without a row cost space and show nowhere; an answer that was given stays true. */
const forgetBytes = ({ storage }: Context, key: string): Promise<void> => storage.delete(key).catch(() => undefined)

export async function uploadDocument(ctx: Context, input: Input) {
  const { name } = validated(upload, { name: input.name })
  const bytes = bytesOf(input)
  const kind = kindOf(bytes, name ?? '')
  const { organizationId } = ctx
  const storageKey = `${organizationId}/${randomUUID()}`
  const data = {
    organizationId,
    uploadedById: ctx.actor.userId,
    name: displayName(name ?? '', kind),
    mimeType: kind.mimeType,
    sizeBytes: bytes.length,
    sha256: hash('sha256', bytes),
    storageKey,
    createdAt: ctx.clock.now(),
  }
  await ctx.storage.put(storageKey, bytes, kind.mimeType)
  try {
    return await createRow(ctx, DOCUMENT, async (tx) => {
      await assertRoom(tx, ctx, bytes.length)
      return tx.document.create({ data })
    })
  } catch (error) {
    await forgetBytes(ctx, storageKey)
    throw error
  }
}

export async function deleteDocument(ctx: Context, id: number, query: object = {}) {
  const where = row(ctx, id)
  const deleted = await deleteRow(ctx, DOCUMENT, {
    read: (tx) => tx.document.findUnique({ ...query, where }),
    remove: (tx) => tx.document.delete({ where }),
  })
  await forgetBytes(ctx, deleted.storageKey)
  return deleted
}

export async function readDocument(ctx: Context, id: number) {
  const { name, mimeType, storageKey } = await found('document', ctx.db.document.findUnique({ where: row(ctx, id) }))
  return { name, mimeType, content: new Binary(await ctx.storage.get(storageKey)) }
}
