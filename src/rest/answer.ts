import type { DocumentNode, ExecutionResult } from 'graphql'
import { AppError } from '../core/errors.ts'
import type { Endpoint } from './endpoint.ts'
import type { Exchange, RawFile } from './exchange.ts'
import { firstPage, INVALID_PAGE } from './list.ts'
import { applyParameters, type Variables } from './parameters.ts'
import { Problems } from './problems.ts'
import { graphError } from './refusal.ts'
import type { Execute } from './sofa.ts'

/** Rows of the graph, or what stands for rows that have their REST form already. */
type Connection = {
  nodes: unknown[] | string
  shown?: number | undefined
  totalCount?: number | undefined
  pageInfo?: { hasNextPage: boolean; endCursor: string | null } | undefined
}

const hasAny = (fixed: Variables): boolean => Object.keys(fixed).length > 0

export function variablesOf({ endpoint, json }: Exchange, given: Record<string, string | undefined>): Variables {
  const { parameters, body, list, fixed, dialect } = endpoint
  const variables: Variables = { ...(list && firstPage(dialect)), ...(hasAny(fixed) && structuredClone(fixed)) }
  const problems = new Problems()
  applyParameters(parameters, given, variables, problems)
  body?.apply(json, variables, problems)
  if (problems.error) throw problems.error
  return variables
}

function link(address: string, changes: Record<string, string | null>): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(changes))
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  return url.href
}

export function listed(exchange: Exchange, connection: Connection, variables: Variables): unknown {
  const { dialect, shape, list } = exchange.endpoint
  const { nodes, shown = nodes.length, totalCount = shown, pageInfo } = connection
  const offset = (variables.offset as number | undefined) ?? 0
  if (offset > 0 && offset >= totalCount) throw INVALID_PAGE()
  const { body, headers } = dialect.list({
    nodes: shape && typeof nodes !== 'string' ? nodes.map(shape) : nodes,
    shown,
    total: totalCount,
    nextCursor: pageInfo?.hasNextPage ? pageInfo.endCursor : null,
    limit: variables.first as number,
    offset,
    name: list?.name ?? '',
    totals: (list?.totals?.shape(connection) ?? {}) as Record<string, unknown>,
    link: (changes) => link(exchange.address(), changes),
  })
  Object.assign(exchange.headers, headers)
  return body
}

type Content = { bytes: Buffer } | Buffer | string

function bytesOf(content: Content): Buffer {
  if (typeof content === 'string') return Buffer.from(content, 'base64')
  return Buffer.isBuffer(content) ? content : content.bytes
}

function present(exchange: Exchange, value: unknown, variables: Variables): unknown {
  const { endpoint } = exchange
  if (endpoint.route.raw) {
    const { name, mimeType, content } = value as Omit<RawFile, 'content'> & { content: Content }
    exchange.file = { name, mimeType, content: bytesOf(content) }
    return null
  }
  if (endpoint.list) return listed(exchange, value as Connection, variables)
  return endpoint.shape ? endpoint.shape(value) : value
}

export function noteCaching({ endpoint, headers }: Exchange, variables: Variables): void {
  const { noStore } = endpoint.route
  if (noStore === true || (typeof noStore === 'string' && variables[noStore] === true))
    headers['cache-control'] = 'no-store'
}

/** What an open parameter is called by whoever gave it: `filter.price.gte` is `price.gte`. */
const openName = (field: string, parameters: Endpoint['parameters']): string | undefined => {
  const open = parameters.find((each) => each.open && field.startsWith(`${each.fills}.`))
  return open && field.slice(open.fills.length + 1)
}

/** A resolver names the argument that it refuses; the caller knows the parameter that filled it. */
function inRestNames(error: unknown, { parameters }: Endpoint): unknown {
  if (!(error instanceof AppError) || !error.details.fields) return error
  const named = ([field, sentences]: [string, string[]]): [string, string[]] => [
    parameters.find(({ fills }) => fills === field)?.name ?? openName(field, parameters) ?? field,
    sentences,
  ]
  const fields = Object.fromEntries(Object.entries(error.details.fields).map(named))
  return new AppError(error.code, error.message, { ...error.details, fields })
}

async function rootValue(exchange: Exchange, document: DocumentNode, variables: Variables, execute: Execute) {
  const { endpoint, context } = exchange
  const result: ExecutionResult = await execute(document, variables, context)
  if (result.errors?.[0]) throw inRestNames(graphError(result.errors[0]), endpoint)
  const value = result.data?.[endpoint.field.name]
  if (value === null || value === undefined) throw new AppError('NOT_FOUND', 'Not found.')
  noteCaching(exchange, variables)
  return value
}

/** Reads the parameters, runs the document on the main schema, and gives its answer the dialect's form. */
export async function answerTo(exchange: Exchange, given: Record<string, string>, execute: Execute): Promise<unknown> {
  const { endpoint, requestId } = exchange
  const variables = variablesOf(exchange, given)
  const body = present(exchange, await rootValue(exchange, endpoint.document, variables, execute), variables)
  return endpoint.dialect.envelope ? endpoint.dialect.envelope.wrap(body, requestId) : body
}

/** Makes a change, and leaves the id of its row: who shows that row is another question. */
export async function changedBy(exchange: Exchange, change: DocumentNode, execute: Execute): Promise<string> {
  const value = await rootValue(exchange, change, variablesOf(exchange, exchange.params), execute)
  return (value as { id: string }).id
}
