import type { Context } from '../core/context.ts'
import { invalid } from '../core/errors.ts'
import type { Transaction } from '../db/client.ts'

/** The ids of a row's tags, to be read beside its columns. */
export const TAG_IDS = { tags: { select: { tagId: true }, orderBy: { tagId: 'asc' } } } as const

/** Events and audit rows tell a row's tags by their ids. */
export const tagged = <R extends { tags: { tagId: number }[] }>({ tags, ...row }: R) => ({
  ...row,
  tagIds: tags.map(({ tagId }) => tagId),
})

/** Links to the organization's own tags, each once; INVALID_REQUEST where one of them does not exist. */
export async function tagLinks(tx: Transaction, ctx: Context, tagIds: readonly number[]): Promise<{ tagId: number }[]> {
  const asked = [...new Set(tagIds)]
  if (asked.length === 0) return []
  const where = { organizationId: ctx.organizationId, id: { in: asked } }
  const known = new Set((await tx.tag.findMany({ where, select: { id: true } })).map(({ id }) => id))
  if (asked.some((id) => !known.has(id))) throw invalid('tagIds', 'names a tag that does not exist.')
  return asked.map((tagId) => ({ tagId }))
}
