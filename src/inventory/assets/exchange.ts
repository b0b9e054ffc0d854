import type { Context } from '../../core/context.ts'
import { invalid } from '../../core/errors.ts'
import type { Input } from '../../core/validate.ts'
import { defineExchange, type Row } from '../../exchange/exchange.ts'
import { freeJson, moment, truth, words } from '../../exchange/kinds.ts'
import { type Tag, type TagBook, type TagReference, tagBook, tagReferences } from '../tag-references.ts'
import { Assets } from './type.ts'
import { insertAssets, newAsset } from './verbs.ts'

const referencesIn = ({ tagIds }: Input) => (tagIds ?? []) as TagReference[]

function idOf(book: TagBook, reference: TagReference): number {
  if (book.isAmbiguous(reference)) throw invalid('tagIds', 'names two tags of one name; give the slug or the id.')
  const found = book.id(reference)
  if (found === undefined) throw invalid('tagIds', 'names a tag that does not exist.')
  return found
}

async function references(ctx: Context, inputs: readonly Input[]) {
  const book = await tagBook(ctx, inputs.flatMap(referencesIn))
  return (input: Input): Input =>
    input.tagIds ? { ...input, tagIds: referencesIn(input).map((reference) => idOf(book, reference)) } : input
}

const TAGS = {
  tags: { select: { tag: { select: { id: true, name: true, slug: true } } }, orderBy: { tag: { name: 'asc' } } },
}

type Tagged = { tags: { tag: Tag }[] }
const tagsOf = (row: Row): Tag[] => (row as Tagged).tags.map(({ tag }) => tag)

async function refer(ctx: Context, rows: readonly Row[]): Promise<Row[]> {
  const book = await tagBook(
    ctx,
    rows.flatMap(tagsOf).flatMap(({ name, slug }) => [name, slug]),
  )
  return rows.map((row) => ({ ...row, tagIds: tagsOf(row).map((tag) => book.referenceTo(tag)) }))
}

export const assetExchange = defineExchange({
  name: 'asset',
  plural: 'assets',
  list: Assets,
  columns: {
    name: { kind: words },
    assetType: { kind: words },
    serialNumber: { kind: words },
    model: { kind: words },
    manufacturer: { kind: words },
    hostname: { kind: words },
    ipAddress: { kind: words },
    macAddress: { kind: words },
    location: { kind: words },
    notes: { kind: words },
    tagIds: { kind: tagReferences, name: 'tags', select: TAGS },
    customFields: { kind: freeJson },
    isActive: { kind: truth },
  },
  shown: { createdAt: { kind: moment }, updatedAt: { kind: moment } },
  ignored: ['organization', 'organizationId', 'organizationName', 'createdBy', 'createdById', 'createdByName'],
  references,
  prepare: newAsset,
  insert: insertAssets,
  refer,
})
