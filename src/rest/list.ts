import {
  type FieldNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  GraphQLString,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  Kind,
} from 'graphql'
import { snake } from '../core/casing.ts'
import { AppError } from '../core/errors.ts'
import { MAX_OFFSET } from '../core/list/query.ts'
import type { RestRoute } from '../core/rest.ts'
import type { Dialect } from './dialect.ts'
import type { RootField } from './endpoint.ts'
import { openParameters } from './open-list.ts'
import { type Parameter, parameter, type Variables } from './parameters.ts'
import { type Shape, shapeOf } from './shape.ts'
import { namedType, parseSelection, readView, type View } from './view.ts'

export const lastSegment = (path: string): string => path.split('/').filter(Boolean).at(-1) as string

export type ListRoute = RestRoute & { list: NonNullable<RestRoute['list']> }

/** How a connection is filtered, ordered and paged through REST. */
export type List = {
  node: GraphQLNamedType
  parameters: readonly Parameter[]
  /** The arguments that belong to the list, and those of them that this dialect fills. */
  takes: readonly string[]
  uses: readonly string[]
  /** What the document selects beside the nodes. */
  selection: string
  name: string
  totals: { view: View; shape: Shape } | undefined
}

export const INVALID_PAGE = () => new AppError('INVALID_PAGE', 'Invalid page.')

const LIST_ARGS = ['first', 'after', 'last', 'before', 'offset', 'search', 'filter', 'orderBy']

function inputAt(type: GraphQLInputType, path: readonly string[]): GraphQLInputType {
  const [step, ...rest] = path
  if (step === undefined) return getNullableType(type)
  const input = getNullableType(type)
  const field = isInputObjectType(input) ? input.getFields()[step] : undefined
  if (!field) throw new Error(`the filter has no ${step}`)
  return inputAt(field.type, rest)
}

const PHRASES: Record<string, string> = {
  eq: 'is this',
  ne: 'is not this',
  in: 'is one of these',
  notIn: 'is none of these',
  gt: 'is above this',
  gte: 'is this or above',
  lt: 'is below this',
  lte: 'is this or below',
  contains: 'contains this',
  startsWith: 'starts with this',
  isNull: 'is absent (true) or present (false)',
}

function filterParameters(params: Record<string, string>, field: RootField, dialect: Dialect): Parameter[] {
  const filter = field.args.find(({ name }) => name === 'filter')
  return Object.entries(params).map(([name, target]) => {
    if (!filter) throw new Error('there is no filter argument')
    const path = target.split('.')
    const operator = path.at(-1) as string
    const description = `Only those whose ${dialect.casing(path[0] as string)} ${PHRASES[operator] ?? `${operator} this`}.`
    return parameter({
      name,
      in: 'query',
      type: inputAt(filter.type, path),
      to: ['filter', ...path],
      dialect,
      description,
    })
  })
}

function limitParameter({ paging }: Dialect): Parameter {
  const { limit, max } = paging
  const wrong = `Must be a whole number from 1 to ${max}.`
  return {
    name: 'limit',
    fills: 'first',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: max, default: limit },
    description: 'How many to answer at most.',
    apply(text, variables, problems) {
      const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
      if (count < 1 || count > max) problems.add('limit', wrong)
      else variables.first = count
    },
  }
}

const cursorParameter = (dialect: Dialect): Parameter =>
  parameter({
    name: 'cursor',
    in: 'query',
    type: GraphQLString,
    to: ['after'],
    dialect,
    description: 'Where the page before ended.',
  })

/** Django's manners: a strange page is "Invalid page.", a strange size is the default, a large one is clamped. */
function pageParameters({ paging }: Dialect): Parameter[] {
  const shared = { in: 'query', required: false } as const
  return [
    {
      ...shared,
      name: 'page_size',
      fills: 'first',
      schema: { type: 'integer', minimum: 1, default: paging.limit },
      description: `How many to answer at most; above ${paging.max} is ${paging.max}.`,
      apply(text, variables) {
        const size = /^\d+$/.test(text) ? Number(text) : 0
        if (size > 0) variables.first = Math.min(size, paging.max)
      },
    },
    {
      ...shared,
      name: 'page',
      fills: 'offset',
      schema: { type: 'integer', minimum: 1, default: 1 },
      description: 'Which page.',
      apply(text, variables) {
        const offset = /^\d{1,9}$/.test(text) ? (Number(text) - 1) * (variables.first as number) : -1
        if (offset < 0 || offset > MAX_OFFSET) throw INVALID_PAGE()
        variables.offset = offset
      },
    },
  ]
}

/** Callers sort by the keys they see: where the view shows `createdById` as `created_by`, that is its name. */
function shownNames(view: string | undefined, dialect: Dialect): Map<string, string> {
  const aliased = (view ? parseSelection(view).selections : []).filter((node) => node.kind === Kind.FIELD && node.alias)
  return new Map((aliased as FieldNode[]).map(({ name, alias }) => [snake(name.value), dialect.casing(alias!.value)]))
}

function orderingParameter(field: RootField, view: string | undefined, dialect: Dialect): Parameter | undefined {
  const order = field.args.find(({ name }) => name === 'orderBy')
  const type = order && getNamedType(order.type)
  const fields = isInputObjectType(type) ? getNamedType(type.getFields().field?.type) : undefined
  if (!isEnumType(fields)) return undefined
  const shown = shownNames(view, dialect)
  const names = new Map(
    fields.getValues().map(({ name }) => [shown.get(name.toLowerCase()) ?? name.toLowerCase(), name]),
  )
  const valid = [...names.keys()].join(', ')
  return {
    name: 'ordering',
    fills: 'orderBy',
    in: 'query',
    required: false,
    schema: { type: 'string', example: `-${names.keys().next().value}` },
    suggestions: [...names.keys()],
    description: `Fields to sort by, separated by commas, a \`-\` before one for descending: ${valid}.`,
    apply(text, variables, problems) {
      const asked = text.split(',').map((each) => each.trim())
      variables.orderBy = asked.map((each) => {
        const name = names.get(each.replace(/^-/, ''))
        if (!name) problems.add('ordering', `Cannot sort by ${JSON.stringify(each)}; the valid fields are ${valid}.`)
        return { field: name, direction: each.startsWith('-') ? 'DESC' : 'ASC' }
      })
    },
  }
}

const searchParameter = (field: RootField, dialect: Dialect): Parameter | undefined => {
  const search = field.args.find(({ name }) => name === 'search')
  const description = search?.description ?? 'Words to look for.'
  return search && parameter({ name: 'search', in: 'query', type: search.type, to: ['search'], dialect, description })
}

function totalsOf(totals: string | undefined, connection: GraphQLObjectType, dialect: Dialect): List['totals'] {
  if (!totals) return undefined
  if (dialect.name !== 'dashboard') throw new Error('only the dashboard shows totals beside its rows')
  const view = readView(connection, parseSelection(totals), dialect.casing)
  return { view, shape: shapeOf(connection, view, dialect) as Shape }
}

export function listOf(route: ListRoute, field: RootField, dialect: Dialect, path: string): List {
  const { list, view } = route
  const connection = namedType(field.type)
  const nodes = isObjectType(connection) ? connection.getFields().nodes : undefined
  if (!nodes || !isObjectType(connection)) throw new Error('the field is not a connection with nodes')
  const byPage = dialect.paging.style === 'page'
  const paging = byPage
    ? [searchParameter(field, dialect), orderingParameter(field, view, dialect), ...pageParameters(dialect)]
    : [limitParameter(dialect), cursorParameter(dialect)]
  const open = list.open ? openParameters(field, dialect) : []
  const parameters = [
    ...filterParameters(list.params, field, dialect),
    ...open,
    ...paging.filter((each) => each !== undefined),
  ]
  const fills = ['first', 'filter', ...(byPage ? ['offset', 'search', 'orderBy'] : ['after'])]
  if (list.open) fills.push('orderBy')
  const has = (name: string) => field.args.some((arg) => arg.name === name)
  return {
    node: namedType(nodes.type),
    parameters,
    takes: LIST_ARGS.filter(has),
    uses: fills.filter(has),
    selection: `${dialect.paging.total ? 'totalCount ' : ''}${byPage ? '' : 'pageInfo { hasNextPage endCursor }'} ${list.totals ?? ''}`,
    name: list.name ?? lastSegment(path),
    totals: totalsOf(list.totals, connection, dialect),
  }
}

/** Where a list starts before its parameters speak. */
export const firstPage = ({ paging }: Dialect): Variables =>
  paging.style === 'page' ? { first: paging.limit, offset: 0 } : { first: paging.limit }
