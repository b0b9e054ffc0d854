import { AppError } from '../core/errors.ts'
import { DEBUG, type DialectName, SERVED_BY } from '../core/rest.ts'
import type { Endpoint } from './endpoint.ts'
import { etagOf, matchesNone, matchesStrongly } from './etag.ts'
import type { Exchange, RawFile } from './exchange.ts'
import type { Match } from './match.ts'
import { readQuery } from './query.ts'
import { type RestAnswer, refuse } from './refusal.ts'
import { header, type Incoming, readBody } from './request-body.ts'
import { resourceIndex } from './resource-index.ts'
import type { Sofa } from './sofa.ts'

export type RestRequest = Incoming & {
  method: string
  /** Path and query as they came. */
  url: string
  /** Scheme and host that the caller used, `https://api.example.com`. */
  publicBase: string
  context: unknown
  requestId: string
}

export type Route = Extract<Match, { kind: 'route' }>
export type Run = (exchange: Exchange) => Promise<string>

const JSON_TYPE = 'application/json; charset=utf-8'

const searchOf = (url: string): string => {
  const mark = url.indexOf('?')
  return mark === -1 ? '' : url.slice(mark + 1)
}

/** RFC 6266: a plain name for old readers, the real one in UTF-8 for the others. */
function attachment(name: string): string {
  const wellFormed = name.toWellFormed()
  const plain = wellFormed.replace(/[^\x20-\x7e]|["\\%/]/g, '_')
  const encoded = encodeURIComponent(wellFormed).replace(
    /['()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}

const MIME = /^[\w.+-]+\/[\w.+-]+(\s*;\s*charset=[\w-]+)?$/

const fileHeaders = ({ name, mimeType }: RawFile): Record<string, string> => ({
  'content-type': MIME.test(mimeType) ? mimeType : 'application/octet-stream',
  'content-disposition': attachment(name),
  'x-content-type-options': 'nosniff',
})

function represented(
  { endpoint, file, headers, failure, by }: Exchange,
  text: string,
  request: RestRequest,
): RestAnswer {
  if (failure !== undefined) throw failure
  if (header(request.headers, DEBUG) !== undefined) headers[SERVED_BY] = by!
  if (endpoint.status === 204) return { status: 204, headers }
  const typed = Object.assign(headers, file ? fileHeaders(file) : { 'content-type': JSON_TYPE })
  return { status: endpoint.status, headers: typed, body: file ? file.content : text }
}

/** Runs an endpoint and answers without regard to conditions. */
async function represent(endpoint: Endpoint, route: Route, request: RestRequest, run: Run): Promise<RestAnswer> {
  const json = readBody(endpoint, request)
  const exchange: Exchange = {
    endpoint,
    params: readQuery(
      endpoint.method === request.method || request.method === 'HEAD' ? searchOf(request.url) : '',
      endpoint,
      route.params,
    ),
    json: json instanceof Promise ? await json : json,
    context: request.context,
    requestId: request.requestId,
    address: () => request.publicBase + request.url,
    headers: {},
  }
  return represented(exchange, await run(exchange), request)
}

const stored = (answer: RestAnswer) => answer.headers['cache-control'] !== 'no-store'

const repeatedIn = ({ dialect }: Endpoint, { requestId }: RestRequest) => (dialect.envelope ? requestId : undefined)

/** `repeated`: the request's id, where the body holds it. */
function tagged(answer: RestAnswer, request: RestRequest, repeated?: string): RestAnswer {
  if (!stored(answer) || answer.body === undefined) return answer
  const etag = etagOf(answer.body, repeated)
  answer.headers.etag = etag
  const known = header(request.headers, 'if-none-match')
  return known !== undefined && matchesNone(known, etag) ? { status: 304, headers: { etag } } : answer
}

/** What a change is conditional on: the row as the caller last read it at the same path. */
async function requireCurrent(condition: string, route: Route, request: RestRequest, run: Run): Promise<void> {
  const stale = new AppError('PRECONDITION_FAILED', 'This has changed since you read it; read it again.')
  const get = route.siblings.GET
  if (!get) throw stale
  const current = await represent(get, route, request, run)
  if (!matchesStrongly(condition, etagOf(current.body ?? '', repeatedIn(get, request)))) throw stale
}

/** Asked before the change, and by the change again: what was current may have changed between the two. */
async function conditional(condition: string, route: Route, request: RestRequest, run: Run): Promise<RestRequest> {
  const context = request.context as object
  const precondition = (db: unknown) =>
    requireCurrent(condition, route, { ...request, context: { ...context, db, inTransaction: true } }, run)
  await requireCurrent(condition, route, request, run)
  return { ...request, context: { ...context, precondition } }
}

async function answered(route: Route, request: RestRequest, run: Run): Promise<RestAnswer> {
  const { endpoint } = route
  if (endpoint.method === 'GET')
    return tagged(await represent(endpoint, route, request, run), request, repeatedIn(endpoint, request))
  const condition = endpoint.method === 'POST' ? undefined : header(request.headers, 'if-match')
  const asked = condition === undefined ? request : await conditional(condition, route, request, run)
  return represent(endpoint, route, asked, run)
}

function withoutBody({ status, headers, body }: RestAnswer): RestAnswer {
  return { status, headers: { ...headers, 'content-length': String(body === undefined ? 0 : Buffer.byteLength(body)) } }
}

function refusedMatch(match: Match): AppError {
  if (match.kind === 'unknown') return new AppError('NOT_FOUND', 'There is nothing at this path.')
  const sentence = `This path answers ${match.allow.join(', ')}.`
  return new AppError('METHOD_NOT_ALLOWED', sentence, { allow: [...match.allow] })
}

export type Behind = {
  endpoints: readonly Endpoint[]
  sofaOf: (dialect: DialectName) => Promise<Sofa>
  /** What answers beside SOFA: undefined where it cannot. */
  direct: (exchange: Exchange) => Promise<string | undefined> | undefined
}

/** What HTTP asks for around a route: methods, conditions, bodies; everything a caller meets is a RestAnswer. */
export function createFront({ sofaOf, direct, endpoints }: Behind) {
  const run: Run = async (exchange) => {
    const text = await direct(exchange)
    exchange.by ??= text === undefined ? 'executor' : 'statement'
    return text ?? (await sofaOf(exchange.endpoint.dialect.name)).run(exchange)
  }
  const answer = (match: Match, request: RestRequest): RestAnswer | Promise<RestAnswer> => {
    if (match.kind === 'options') return { status: 204, headers: { allow: match.allow.join(', ') } }
    if (match.kind === 'index') return tagged(resourceIndex(endpoints, request.publicBase), request)
    if (match.kind === 'route') return answered(match, request, run)
    throw refusedMatch(match)
  }
  return async (match: Match, request: RestRequest): Promise<RestAnswer> => {
    let made: RestAnswer
    try {
      made = await answer(match, request)
    } catch (error) {
      made = refuse(match.dialect, error, request)
    }
    return request.method === 'HEAD' && made.status !== 304 ? withoutBody(made) : made
  }
}
