import type { Clock } from '../clock.ts'
import { AppError, invalid } from '../errors.ts'
import { afterCursor, type Where } from './cursor.ts'
import type { FilterSpec, List, ListArgs, OrderColumn } from './declare.ts'

export const DEFAULT_PAGE = 50
export const RELATED_PAGE = 20
/** Rows that can be skipped; `after` reads on beyond them. */
export const MAX_OFFSET = 1_000_000
const MAX_NESTING = 5
const MAX_WORDS = 8
const MAX_PARTS = 200
const MAX_VALUES = 1000

/** One list query, whichever door it came through. */
export type ListQuery = {
  where: Where
  /** Without the cursor: what totalCount counts. */
  counted: Where
  orderBy: Where[]
  order: readonly OrderColumn[]
  take: number
  skip: number
  first: number
  backwards: boolean
}

/** `%` and `_` are letters to people who search. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

const OPERATORS: Record<string, (value: unknown) => unknown> = {
  eq: (value) => ({ equals: value }),
  ne: (value) => ({ not: value }),
  in: (value) => ({ in: value }),
  notIn: (value) => ({ notIn: value }),
  gt: (value) => ({ gt: value }),
  gte: (value) => ({ gte: value }),
  lt: (value) => ({ lt: value }),
  lte: (value) => ({ lte: value }),
  contains: (value) => ({ contains: literally(value as string), mode: 'insensitive' }),
  startsWith: (value) => ({ startsWith: literally(value as string), mode: 'insensitive' }),
}

const nest = (path: readonly string[], condition: unknown): Where =>
  path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), condition) as Where

/** No row and every row, kept apart from other conditions: the client forgets them inside OR and NOT. */
const NONE: Where = { id: { in: [] } }
const EVERY: Where = { id: { notIn: [] } }

function allOf(conditions: readonly Where[]): Where {
  if (conditions.includes(NONE)) return NONE
  const telling = conditions.filter((each) => each !== EVERY)
  return telling.length ? { AND: telling } : EVERY
}

function anyOf(conditions: readonly Where[]): Where {
  if (conditions.includes(EVERY)) return EVERY
  const telling = conditions.filter((each) => each !== NONE)
  return telling.length ? { OR: telling } : NONE
}

function notOf(condition: Where): Where {
  if (condition === EVERY) return NONE
  return condition === NONE ? EVERY : { NOT: condition }
}

/** Rows without a value, or with one. The client refuses to ask this of a column that always has one. */
function presence(list: List, [column, ...further]: readonly string[], absent: boolean): Where {
  if (further.length) return absent ? { NOT: nest([column!, further[0]!], {}) } : nest([column!, further[0]!], {})
  if (list.column(column!).isRequired) return absent ? NONE : EVERY
  return { [column!]: absent ? { equals: null } : { not: null } }
}

function condition(list: List, path: readonly string[], operator: string, value: unknown): Where[] {
  if (value === undefined) return []
  if (Array.isArray(value) && value.length > MAX_VALUES)
    throw invalid(`filter.${path.join('.')}.${operator}`, `names more than ${MAX_VALUES} values.`)
  if (operator === 'isNull') return value === null ? [] : [presence(list, path, value === true)]
  if (Array.isArray(value) && value.length === 0) return [operator === 'in' ? NONE : EVERY]
  if (value !== null) return [nest(path, OPERATORS[operator]!(value))]
  return operator === 'eq' || operator === 'ne' ? [presence(list, path, operator === 'eq')] : []
}

/** Whoever asks: without a clock where a statement is written that is to be asked at other times as well. */
export type Asker = { maxPage: number; clock?: Clock }

function timely(when: NonNullable<FilterSpec['when']>, clock: Clock | undefined, operator: string, value: unknown) {
  if (!clock) throw new AppError('UNAVAILABLE', 'Only at a certain time can this be asked.')
  if (operator === 'isNull') return value === true ? [NONE] : []
  return value === null ? [NONE] : [when(clock.now())[`${value === true}`]]
}

const conditions = (
  list: List,
  { path, when }: FilterSpec,
  given: Record<string, unknown>,
  clock: Clock | undefined,
): Where[] =>
  Object.entries(given).flatMap(([operator, value]) => {
    if (when && value !== undefined) return timely(when, clock, operator, value)
    return condition(list, path, operator, value)
  })

type Budget = { parts: number; clock: Clock | undefined }

function filtered(list: List, filter: Record<string, unknown>, budget: Budget, depth = 0): Where {
  if (depth > MAX_NESTING) throw invalid('filter', `nests deeper than ${MAX_NESTING} levels.`)
  if (--budget.parts < 0) throw invalid('filter', `has more than ${MAX_PARTS} parts.`)
  const inner = (value: unknown) => filtered(list, value as Record<string, unknown>, budget, depth + 1)
  const all = Object.entries(filter).flatMap(([name, value]) => {
    if (value === null || value === undefined) return []
    if (name === 'and') return (value as unknown[]).map(inner)
    if (name === 'or') return [anyOf((value as unknown[]).map(inner))]
    if (name === 'not') return [notOf(inner(value))]
    return conditions(list, list.filters[name]!, value as Record<string, unknown>, budget.clock)
  })
  return allOf(all)
}

function searched(list: List, search: string): Where[] {
  const words = search.split(/\s+/).filter(Boolean)
  if (words.length > MAX_WORDS) throw invalid('search', `has more than ${MAX_WORDS} words.`)
  return words.map((word) => ({
    OR: list.search.map((column) =>
      column === 'searchText'
        ? { searchText: { contains: literally(word.toLowerCase()) } }
        : { [column]: { contains: literally(word), mode: 'insensitive' } },
    ),
  }))
}

const within = (field: string, value: number, least: number, most: number): number => {
  if (value < least || value > most) throw invalid(field, `must be between ${least} and ${most}.`)
  return value
}

/** How many rows a page is asked to hold. */
export const pageSize = (first: number | null | undefined, maxPage: number): number =>
  within('first', first ?? DEFAULT_PAGE, 0, maxPage)

/** The one piece that turns a connection's arguments, and through them every dialect's query string, into a query. */
export function listQuery(list: List, args: ListArgs, ctx: Asker, base: Where = {}): ListQuery {
  const first = pageSize(args.first, ctx.maxPage)
  const skip = within('offset', args.offset ?? 0, 0, MAX_OFFSET)
  const order = list.ordering(args.orderBy)
  const filter = filtered(list, args.filter ?? {}, { parts: MAX_PARTS, clock: ctx.clock })
  const narrowing = [
    ...(Object.keys(base).length ? [base] : []),
    ...(filter === EVERY ? [] : [filter]),
    ...searched(list, args.search ?? ''),
  ]
  const counted = narrowing.length ? { AND: narrowing } : {}
  return {
    counted,
    where: args.after ? { AND: [...narrowing, afterCursor(order, args.after)] } : counted,
    orderBy: order.map(({ column, descending, nullable }) => {
      const sort = descending ? 'desc' : 'asc'
      return { [column]: nullable ? { sort, nulls: 'last' } : sort }
    }),
    order,
    take: first + 1,
    skip,
    first,
    backwards: Boolean(args.after) || skip > 0,
  }
}
