import type { Context } from '../core/context.ts'
import { parseId } from '../core/scalars.ts'
import { type Kind, Unfit, words } from '../exchange/kinds.ts'

/** A tag as files name it: a number is its id, a text its name, or its slug where no tag has that name. */
export type TagReference = number | string

export type Tag = { id: number; name: string; slug: string }
type Shown = { id?: unknown; name?: unknown; slug?: unknown }

const WANTED = 'must be names or ids of tags, separated by commas or as a JSON array.'
const ID = /^\d+$/

/** As a list writes it plainly: nothing that would be taken apart, or for an id. */
const isPlain = (reference: TagReference): boolean =>
  typeof reference === 'string' && reference.trim() !== '' && !/^\s*\[|,|^\s|\s$/.test(reference) && !ID.test(reference)

function array(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    throw new Unfit(WANTED)
  }
}

const separated = (written: string): TagReference[] =>
  written
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => (ID.test(part) ? parseId(part) : part))

/** A tag as the documents show one is meant by its name: its id may be another organization's, or another system's. */
function reference(given: unknown): TagReference {
  const { id, name, slug } = (typeof given === 'object' && given !== null ? given : {}) as Shown
  const value = name ?? slug ?? id ?? given
  if (typeof value === 'number') return parseId(value)
  if (typeof value !== 'string') throw new Unfit(WANTED)
  return words.read(value) as string
}

function references(value: unknown): TagReference[] {
  const whole = typeof value === 'string' && value.trimStart().startsWith('[') ? array(value) : value
  if (typeof whole === 'string') return separated(words.read(whole) as string)
  if (!Array.isArray(whole)) throw new Unfit(WANTED)
  return whole.map(reference)
}

export const tagReferences: Kind = {
  read: (value) => references(value),
  write: (value) => value,
  cell: (value) => {
    const all = value as TagReference[]
    return all.every(isPlain) ? all.join(',') : JSON.stringify(all)
  },
}

const SELECT = { id: true, name: true, slug: true } as const

/** The tags of one batch, found under what files call them. */
export class TagBook {
  private readonly byName: ReadonlyMap<string, readonly Tag[]>
  private readonly bySlug: ReadonlyMap<string, Tag>
  private readonly ids: ReadonlySet<number>

  constructor(tags: readonly Tag[]) {
    this.byName = Map.groupBy(tags, ({ name }) => name)
    this.bySlug = new Map(tags.map((tag) => [tag.slug, tag]))
    this.ids = new Set(tags.map(({ id }) => id))
  }

  /** Its id; undefined where there is none, or where two have the name. */
  id(reference: TagReference): number | undefined {
    if (typeof reference === 'number') return this.ids.has(reference) ? reference : undefined
    const named = this.byName.get(reference) ?? []
    if (named.length > 1) return undefined
    const tag = named[0] ?? this.bySlug.get(reference)
    return tag || !ID.test(reference) ? tag?.id : this.id(parseId(reference))
  }

  isAmbiguous(reference: TagReference): boolean {
    return (this.byName.get(reference as string)?.length ?? 0) > 1
  }

  /** The first of its name, its slug and its id that means this tag and no other. */
  referenceTo({ id, name, slug }: Tag): TagReference {
    return [name, slug].find((each) => this.id(each) === id) ?? id
  }
}

/** Whatever of the organization's tags could be meant by these. */
export async function tagBook({ db, organizationId }: Context, references: readonly TagReference[]): Promise<TagBook> {
  const asked = [...new Set(references)]
  if (asked.length === 0) return new TagBook([])
  const names = asked.filter((each) => typeof each === 'string')
  const ids = asked.filter((each) => ID.test(String(each))).map(parseId)
  const where = { organizationId, OR: [{ name: { in: names } }, { slug: { in: names } }, { id: { in: ids } }] }
  return new TagBook(await db.tag.findMany({ where, select: SELECT }))
}
