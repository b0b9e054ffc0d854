import { queryFromInfo } from '@pothos/plugin-prisma'
import { selectedFieldNames } from '@pothos/selection-mapper'
import type { GraphQLResolveInfo } from 'graphql'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import type { Permission } from '../permissions.ts'
import type { RestRoute } from '../rest.ts'
import { encodeCursor, type Where } from './cursor.ts'
import type { List, ListArgs } from './declare.ts'
import { filterInput, orderInput } from './inputs.ts'
import { DEFAULT_PAGE, type ListQuery, listQuery, RELATED_PAGE } from './query.ts'

type Row = Record<string, unknown>

/** One page of a list, and what is needed to count or sum the whole of it. */
export type Page = { query: ListQuery; rows: Row[]; more: boolean; total: number | undefined }

const NODE_PATHS = [[{ name: 'nodes' }], [{ name: 'edges' }, { name: 'node' }]]
const ROWS = ['nodes', 'edges', 'pageInfo']

const pageOf = (query: ListQuery, found: Row[], total: number | undefined): Page => ({
  query,
  rows: found.length > query.first ? found.slice(0, query.first) : found,
  more: found.length > query.first,
  total,
})

export const PageInfo = builder.objectRef<Page>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => {
    const edge = (at: 0 | -1) => (page: Page) => {
      const row = page.rows.at(at)
      return row ? encodeCursor(page.query.order, row) : null
    }
    return {
      hasNextPage: t.boolean({ resolve: (page) => page.more }),
      hasPreviousPage: t.boolean({ resolve: (page) => page.query.backwards }),
      startCursor: t.string({ nullable: true, resolve: edge(0) }),
      endCursor: t.string({ nullable: true, description: 'Pass it as `after` for the next page.', resolve: edge(-1) }),
    }
  },
})

type Connection = ReturnType<typeof defineConnection>
const connections = new Map<List, Connection>()

type Guarded = { authScopes?: { can: Permission } }

/** Whoever may not see a row may not count rows either. */
const scopesOf = ({ type }: List): { can: Permission } | { public: true } =>
  (builder.configStore.getTypeConfig(type).pothosOptions as Guarded).authScopes ?? { public: true }

function defineConnection(list: List) {
  const node = { type: list.type as never, complexity: 0 }
  const edge = builder.objectRef<{ page: Page; row: Row }>(`${list.type}Edge`).implement({
    description: `A ${list.type} and where it stands in the list.`,
    fields: (t) => ({
      cursor: t.string({ resolve: ({ page, row }) => encodeCursor(page.query.order, row) }),
      node: t.field({ ...node, resolve: ({ row }) => row as never }),
    }),
  })
  const connection = builder.objectRef<Page>(`${list.type}Connection`).implement({
    description: `One page of a list of ${list.type}.`,
    authScopes: () => scopesOf(list),
    fields: (t) => ({
      nodes: t.field({
        type: [list.type] as never,
        complexity: { multiplier: 1 },
        resolve: (page) => page.rows as never,
      }),
      edges: t.field({
        type: [edge],
        complexity: { multiplier: 1 },
        resolve: (page) => page.rows.map((row) => ({ page, row })),
      }),
      pageInfo: t.field({ type: PageInfo, complexity: 0, resolve: (page) => page }),
      totalCount: t.int({
        description: 'How many there are in all pages together.',
        complexity: 0,
        resolve: (page) => page.total ?? 0,
      }),
    }),
  })
  return { connection, filter: filterInput(list), order: orderInput(list) }
}

function connectionOf(list: List): Connection {
  const known = connections.get(list)
  if (known) return known
  const made = defineConnection(list)
  connections.set(list, made)
  return made
}

/** The connection's type, for a room that adds a sum of its own to it. */
export const connectionType = (list: List) => connectionOf(list).connection

/** The filter's type, for a field that shows the same rows in another way. */
export const filterOf = (list: List) => connectionOf(list).filter

type ArgBuilder = { arg: (options: object) => unknown }

function listArgs(t: ArgBuilder, list: List, rows: number) {
  const { filter, order } = connectionOf(list)
  return {
    first: t.arg({ type: 'Int', description: `Rows on a page: 0 to 200, ${rows} unless given.` }),
    after: t.arg({ type: 'String', description: 'The `endCursor` of the page before.' }),
    offset: t.arg({ type: 'Int', description: 'Rows to skip, for page numbers; prefer `after`.' }),
    ...(list.search.length && {
      search: t.arg({ type: 'String', description: `Every word must occur in one of: ${list.search.join(', ')}.` }),
    }),
    filter: t.arg({ type: filter }),
    orderBy: t.arg({ type: [order], description: `Unless given: ${list.describeDefaultOrder()}.` }),
  }
}

export type ListOptions = {
  description: string
  rest: RestRoute | RestRoute[] | false
  authScopes: { can: Permission }
  /** Rows that this field never leaves, whatever the caller filters. */
  where?: (ctx: Context) => Where
  /** Where its rows come from, if not from the caller's organization. */
  rows?: (ctx: Context) => unknown
}

type Delegate = { findMany(args: object): Promise<Row[]>; count(args: object): Promise<number> }

const cursorColumns = (query: ListQuery) => Object.fromEntries(query.order.map(({ column }) => [column, true]))

type Reach = Pick<ListOptions, 'where' | 'rows'>

async function loadPage(
  list: List,
  reach: Reach,
  args: ListArgs,
  ctx: Context,
  info: GraphQLResolveInfo,
): Promise<Page> {
  const query = listQuery(list, args, ctx, reach.where?.(ctx))
  const selected = selectedFieldNames(ctx, info)
  const delegate = (reach.rows?.(ctx) ?? ctx.db[list.delegate as 'lead']) as Delegate
  const selection = queryFromInfo({ context: ctx, info, paths: NODE_PATHS as never, select: cursorColumns(query) })
  const { where, orderBy, take, skip } = query
  const [total, rows] = await Promise.all([
    selected.has('totalCount') ? delegate.count({ where: query.counted }) : undefined,
    ROWS.some((name) => selected.has(name)) ? delegate.findMany({ ...selection, where, orderBy, take, skip }) : [],
  ])
  return pageOf(query, rows, total)
}

/** Its count costs two, and every row it may hold one and what is asked below it. */
export const pageCost = (rows: number) => (args: Pick<ListArgs, 'first'>) => ({
  field: 2,
  multiplier: Math.max(1, args.first ?? rows),
})

/** A root list: `builder.queryField('leads', (t) => listField(t, Leads, { … }))`. */
export function listField(t: unknown, list: List, { where, rows, ...options }: ListOptions) {
  const fields = t as { field(options: object): never } & ArgBuilder
  const reach = { ...(where && { where }), ...(rows && { rows }) }
  return fields.field({
    ...options,
    type: connectionOf(list).connection,
    args: listArgs(fields, list, DEFAULT_PAGE),
    complexity: pageCost(DEFAULT_PAGE),
    extensions: { list, ...reach },
    resolve: (_root: unknown, args: ListArgs, ctx: Context, info: GraphQLResolveInfo) =>
      loadPage(list, reach, args, ctx, info),
  })
}

type OwnedOptions = Omit<ListOptions, 'where' | 'rows'> & {
  /** Which rows are below the one that is named; refused where there is none. */
  of: (ctx: Context, id: number) => Promise<Where>
}

/** A root list of what is below one of the caller's rows: `attempts: ownedListField(t, Attempts, { of, … })`. */
export function ownedListField(t: unknown, list: List, { of, ...options }: OwnedOptions) {
  const fields = t as { field(options: object): never } & ArgBuilder
  return fields.field({
    ...options,
    type: connectionOf(list).connection,
    args: { id: fields.arg({ type: 'ID', required: true }), ...listArgs(fields, list, DEFAULT_PAGE) },
    complexity: pageCost(DEFAULT_PAGE),
    resolve: async (
      _root: unknown,
      { id, ...args }: ListArgs & { id: number },
      ctx: Context,
      info: GraphQLResolveInfo,
    ) => {
      const below = await of(ctx, id)
      return loadPage(list, { where: () => below }, args, ctx, info)
    },
  })
}

type Nested = (query: object, paths: object) => Row
type Selected = () => ReadonlySet<string>

/** A list below every row of another is shorter unless asked otherwise. */
const relatedArgs = (args: ListArgs): ListArgs => ({ ...args, first: args.first ?? RELATED_PAGE })

/** What a relation's page needs, loaded together with its parents: one statement however many parents there are. */
const relationSelection =
  (list: List, relation: string) => (args: ListArgs, ctx: Context, nested: Nested, selected: Selected) => {
    const query = listQuery(list, relatedArgs(args), ctx)
    const { where, orderBy, take, skip } = query
    const names = selected()
    const rows = nested(
      { select: cursorColumns(query), where, orderBy, take, skip },
      { getType: () => list.type, paths: NODE_PATHS },
    )
    const counted = Object.keys(query.counted).length ? { where: query.counted } : true
    return {
      select: {
        ...(names.has('totalCount') && { _count: { select: { [relation]: counted } } }),
        ...(ROWS.some((name) => names.has(name)) && { [relation]: rows }),
      },
    }
  }

export type RelatedOptions = { description?: string; authScopes?: { can: Permission } }

/** A list on an object: `leads: relatedList(t, Leads, 'leads')`. */
export function relatedList(t: unknown, list: List, relation: string, options: RelatedOptions = {}) {
  const fields = t as { field(options: object): never } & ArgBuilder
  return fields.field({
    ...options,
    type: connectionOf(list).connection,
    args: listArgs(fields, list, RELATED_PAGE),
    complexity: pageCost(RELATED_PAGE),
    extensions: { list, relation, pothosPrismaSelect: relationSelection(list, relation) },
    resolve: (parent: Row & { _count?: Record<string, number> }, args: ListArgs, ctx: Context) =>
      pageOf(listQuery(list, relatedArgs(args), ctx), (parent[relation] as Row[]) ?? [], parent._count?.[relation]),
  })
}
