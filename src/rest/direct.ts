import { randomUUID } from 'node:crypto'
import type { OperationDefinitionNode } from 'graphql'
import type { Context } from '../core/context.ts'
import type { Parts, ReadParts } from '../read/reader.ts'
import type { WishFor } from '../read/wish.ts'
import { answerTo, changedBy, listed, noteCaching, variablesOf } from './answer.ts'
import type { Endpoint } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import type { Variables } from './parameters.ts'
import type { ReadBack } from './read-back.ts'
import type { Execute } from './sofa.ts'

/** What changes nothing, and shows each of its keys as it is. */
export const isDirect = ({ method, route: { raw, omitNull } }: Endpoint): boolean =>
  method === 'GET' && raw !== true && omitNull === undefined

/** Stands for rows that are JSON already while what is around them becomes JSON; nobody outside can know it. */
const ROWS = randomUUID()
const QUOTED_ROWS = JSON.stringify(ROWS)

function aroundOf(exchange: Exchange, { shown, totalCount, next, about }: Parts, variables: Variables): unknown {
  if (!exchange.endpoint.list) return ROWS
  const pageInfo = next === undefined ? undefined : { hasNextPage: true, endCursor: next }
  return listed(exchange, { ...about, shown, totalCount, pageInfo, nodes: ROWS }, variables)
}

function written(exchange: Exchange, parts: Parts, variables: Variables): string {
  const { envelope } = exchange.endpoint.dialect
  const around = aroundOf(exchange, parts, variables)
  if (around === ROWS && !envelope) return parts.value
  const json = JSON.stringify(envelope ? envelope.wrap(around, exchange.requestId) : around)
  const at = json.indexOf(QUOTED_ROWS)
  return json.slice(0, at) + parts.value + json.slice(at + QUOTED_ROWS.length)
}

/**
 * A route's answer from one statement that writes it in the dialect's form, without SOFA, the executor or shapes in
 * between; undefined where those have to answer.
 */
export async function answerDirectly(exchange: Exchange, read: ReadParts): Promise<string | undefined> {
  const { endpoint, params, context } = exchange
  const variables = variablesOf(exchange, params)
  const operation = endpoint.document.definitions[0] as OperationDefinitionNode
  const parts = await read(endpoint.document, operation, variables, context as Context)
  if (!parts) return undefined
  noteCaching(exchange, variables)
  return written(exchange, parts, variables)
}

/** Whoever reads rows in a dialect's form, and says how a written one is shown. */
export type Reads = { read: ReadParts; wishFor: WishFor }

/** A change, answered with its row as the route that shows it would: by the statement that writes it, else read back. */
export async function answerReadBack(
  exchange: Exchange,
  { by, document }: ReadBack,
  { execute, reads: { read, wishFor } }: { execute: Execute; reads: Reads },
): Promise<string> {
  const context = exchange.context as Context
  const wish = wishFor(by.document, context)
  const id = await changedBy({ ...exchange, context: { ...context, wish } }, document, execute)
  const shown = { ...exchange, endpoint: by, params: { id }, json: undefined }
  if (wish.shown && String(wish.shown.id) === id) {
    noteCaching(shown, { id })
    return written(shown, { value: wish.shown.json }, { id })
  }
  const direct = await answerDirectly(shown, read)
  if (direct !== undefined) return direct
  exchange.by = 'executor'
  return JSON.stringify(await answerTo(shown, { id }, execute))
}
