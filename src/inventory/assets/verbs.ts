import { isIP } from 'node:net'
import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import * as rules from '../../core/rules.ts'
import { type Input, validated } from '../../core/validate.ts'
import { changeRow, createRow, deleteRow, insertRow, insertRows, updateRow } from '../../core/write.ts'
import type { Prisma, Transaction } from '../../db/client.ts'
import { TAG_IDS, tagged, tagLinks } from '../tagging.ts'

const CUSTOM_FIELDS_MAX = 64 * 1024
const MAC = /^([0-9a-f]{2}([:-]))([0-9a-f]{2}\2){4}[0-9a-f]{2}$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i

const ipAddress = z
  .string()
  .trim()
  .max(45, 'must be at most 45 characters long.')
  .refine((text) => isIP(text) !== 0, 'must be an IPv4 or IPv6 address.')
const macAddress = z.string().trim().regex(MAC, 'must be a MAC address like 00:1b:44:11:3a:b7.')
const customFields = z
  .custom<Prisma.InputJsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be a JSON object.',
  )
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= CUSTOM_FIELDS_MAX, 'must be at most 64 KiB of JSON.')

const fields = {
  assetType: rules.name.optional(),
  serialNumber: rules.name.nullish(),
  model: rules.name.nullish(),
  manufacturer: rules.name.nullish(),
  hostname: z.string().trim().min(1, 'must not be empty.').max(253, 'must be at most 253 characters long.').nullish(),
  ipAddress: ipAddress.nullish(),
  macAddress: macAddress.nullish(),
  location: rules.name.nullish(),
  notes: rules.text.nullish(),
  customFields: customFields.optional(),
  isActive: z.boolean().optional(),
  tagIds: z.array(z.int()).max(100, 'must be at most 100 tags.').optional(),
}
const creation = z.object({ name: rules.name, ...fields })
const change = z.object({ name: rules.name.optional(), ...fields })

const ASSET = { name: 'asset' } as const

export type NewAsset = ReturnType<typeof newAsset>

/** What a creation is judged by, but for the tags: whether they are there is the database's to say. */
export function newAsset(ctx: Context, input: Input) {
  const { tagIds = [], ...given } = validated(creation, input)
  return { tagIds, data: { ...given, organizationId: ctx.organizationId, createdById: ctx.actor.userId } }
}

export const createAsset = (ctx: Context, input: Input) => {
  const { tagIds, data } = newAsset(ctx, input)
  if (tagIds.length === 0) return insertRow(ctx, ASSET, 'Asset', data, { tagIds })
  return createRow(ctx, ASSET, async (tx) => {
    const tags = { create: await tagLinks(tx, ctx, tagIds) }
    return tagged(await tx.asset.create({ data: { ...data, tags }, include: TAG_IDS }))
  })
}

/** The same as an expression, where a statement changes an asset and not its tags. */
const TAG_IDS_BESIDE = `jsonb_build_object('tagIds', (SELECT coalesce(jsonb_agg(l.tag_id ORDER BY l.tag_id), '[]'::jsonb)
  FROM asset_tag l WHERE l.organization_id = written.organization_id AND l.asset_id = written.id))`

/** Many at once; their tags have been looked up. */
export async function insertAssets(ctx: Context, tx: Transaction, assets: readonly NewAsset[]): Promise<void> {
  const tagged = assets.map(({ data, tagIds }) => ({ data, tagIds: [...new Set(tagIds)].sort((a, b) => a - b) }))
  const rows = tagged.map(({ data, tagIds }) => ({ data, more: { tagIds } }))
  const ids = await insertRows(tx, ctx, ASSET, 'Asset', rows)
  const { organizationId } = ctx
  const links = tagged.flatMap(({ tagIds }, at) =>
    tagIds.map((tagId) => ({ organizationId, assetId: ids[at]!, tagId })),
  )
  if (links.length) await tx.assetTag.createMany({ data: links })
}

export const updateAsset = (ctx: Context, id: number, input: Input) => {
  const { tagIds, ...given } = validated(change, input)
  if (tagIds === undefined && !ctx.precondition) return changeRow(ctx, ASSET, 'Asset', { id, ...given }, TAG_IDS_BESIDE)
  const where = row(ctx, id)
  return updateRow(ctx, ASSET, {
    read: async (tx) => {
      const asset = await tx.asset.findUnique({ where, include: TAG_IDS })
      return asset && tagged(asset)
    },
    write: async (tx) => {
      const tags = tagIds && { deleteMany: {}, create: await tagLinks(tx, ctx, tagIds) }
      return tagged(await tx.asset.update({ where, data: { ...given, ...(tags && { tags }) }, include: TAG_IDS }))
    },
  })
}

export const deleteAsset = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, ASSET, {
    read: (tx) => tx.asset.findUnique({ ...query, where }),
    remove: async (tx) => tagged(await tx.asset.delete({ where, include: TAG_IDS })),
  })
}
