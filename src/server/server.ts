import type { Server, ServerResponse } from 'node:http'
import type { GraphQLSchema } from 'graphql'
import type { App } from '../app.ts'
import { wantsPage } from '../browse/negotiation.ts'
import { isBrowsed, STYLE_PATH } from '../browse/paths.ts'
import { AppError } from '../core/errors.ts'
import { createChange } from '../graph/change.ts'
import { createCost } from '../graph/cost.ts'
import { createDocuments } from '../graph/documents.ts'
import { createExecute, publicReads } from '../graph/execute.ts'
import { createIsOpen } from '../graph/open.ts'
import { createSubscribe } from '../graph/subscribe.ts'
import { type Form, GRAPH } from '../read/form.ts'
import { createPartsReader, createReader } from '../read/reader.ts'
import { createWishes } from '../read/wish.ts'
import type { Reads } from '../rest/direct.ts'
import { referenceRoutes } from '../rest/reference.ts'
import { createRest } from '../rest/rest.ts'
import { VERSION } from '../version.ts'
import type { Admission } from './admission.ts'
import { type Answer, jsonAnswer, REQUEST_ID, withoutBody } from './answer.ts'
import type { BrowseDoor } from './browse-door.ts'
import { failure } from './failure.ts'
import { createGraphDoor, isDirect } from './graph-door.ts'
import { createListeningServer, type Served } from './listener.ts'
import type { Metrics } from './metrics.ts'
import { createOperations } from './operations.ts'
import { type Asked, PAGE_HEADER } from './request.ts'
import { createRestDoor } from './rest-door.ts'
import { Streams } from './streams.ts'
import type { YogaDoor } from './yoga-door.ts'

const notHere = (): Answer =>
  jsonAnswer(404, { error: 'There is nothing at this path. Try /graphql, /reference or /api/.' })

const READS = ['GET', 'HEAD', 'OPTIONS']

async function page(doors: Doors, { method, path, req }: Asked): Promise<Answer> {
  const answer = await doors.pages(path, req.headers['if-none-match'])
  if (!answer) return notHere()
  if (method === 'GET' || method === 'HEAD') return answer
  const headers = { allow: READS.join(', ') }
  if (method === 'OPTIONS') return { status: 204, headers }
  const refused = jsonAnswer(405, { error: `This path answers ${READS.join(', ')}.` })
  return { ...refused, headers: { ...refused.headers, ...headers } }
}

/** What only people need is loaded for the first who asks for it. */
function whenAsked<C extends unknown[], A>(open: () => Promise<(...call: C) => Promise<A>>) {
  let door: ReturnType<typeof open> | undefined
  return async (...call: C): Promise<A> => {
    door ??= open()
    return (await door)(...call)
  }
}

function doorsOf(app: App, schema: GraphQLSchema, metrics: Metrics) {
  const report = (error: unknown, requestId: string) => app.log.error({ error, requestId }, 'a resolver failed')
  const sources = { schema, tables: app.tables, pool: app.pool, report }
  const readerFor = (form: Form): Reads => {
    const read = publicReads(createPartsReader(sources, form), report, () => metrics.executed('statement'))
    return { read, wishFor: createWishes(sources, form) }
  }
  const graph = {
    documents: createDocuments(schema),
    costOf: createCost(schema),
    execute: createExecute(schema, report, {
      read: createReader(sources),
      change: createChange(schema, createWishes(sources, GRAPH)),
      answered: metrics.executed,
    }),
    isOpen: createIsOpen(schema),
  }
  const streams = new Streams(app, createSubscribe(schema, report))
  const rest = createRest({
    schema,
    execute: (document, variables, context) => graph.execute(document, variables, context as never),
    version: VERSION,
    publicUrl: app.config.publicUrl,
    readerFor,
  })
  const restDoor = createRestDoor(app, rest)
  const yoga = async (): Promise<YogaDoor> =>
    (await import('./yoga-door.ts')).createYogaDoor(app, schema, graph, streams)
  const browse = async (): Promise<BrowseDoor> =>
    (await import('./browse-door.ts')).createBrowseDoor(app, rest, restDoor)
  const pageSession = async () => (await import('./page-session.ts')).createPageSession(app).admit
  return {
    graph: createGraphDoor(app, graph),
    admitPage: whenAsked(pageSession),
    yoga: whenAsked(yoga),
    streams,
    match: rest.match,
    rest: restDoor,
    browse: whenAsked(browse),
    pages: referenceRoutes(rest),
    operations: createOperations(app, metrics),
  }
}

type Doors = ReturnType<typeof doorsOf>

/** A simple request from a foreign page carries no JSON content type: such a POST is never executed. */
const unsupported = ({ requestId }: Asked) =>
  failure(new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send Content-Type: application/json.'), requestId)

const isByPage = ({ req: { headers } }: Asked): boolean =>
  headers[PAGE_HEADER] !== undefined && headers.authorization === undefined

async function graphql(
  doors: Doors,
  asked: Asked,
  admission: Admission,
  res: ServerResponse,
): Promise<Answer | undefined> {
  const headed = { ...asked, method: 'GET' }
  try {
    if (asked.method === 'OPTIONS') return { status: 204, headers: { allow: 'GET, HEAD, POST, OPTIONS' } }
    if (isByPage(asked)) await doors.admitPage(asked, admission)
    if (asked.method === 'HEAD' && isDirect(headed)) return withoutBody(await doors.graph(headed, admission))
    if (isDirect(asked)) return await doors.graph(asked, admission)
    if (asked.method === 'POST' && !/^application\/json\s*(;|$)/i.test(asked.req.headers['content-type'] ?? ''))
      return unsupported(asked)
    res.setHeader(REQUEST_ID, asked.requestId)
    return await doors.yoga(asked, admission, asked.req, res)
  } catch (error) {
    return failure(error, asked.requestId)
  }
}

async function serve(doors: Doors, asked: Asked, admission: Admission, res: ServerResponse): Promise<Served> {
  if (asked.path === '/graphql') return { door: 'graphql', answer: await graphql(doors, asked, admission, res) }
  const match = doors.match(asked.method, asked.path)
  if (isBrowsed(asked.path) || (match && wantsPage(asked.method, asked.url, asked.req.headers))) {
    const door = asked.path === STYLE_PATH ? 'page' : 'browse'
    return { door, answer: await doors.browse(asked, admission), ...(match && { dialect: match.dialect }) }
  }
  if (match) return { door: 'rest', dialect: match.dialect, answer: await doors.rest(match, asked, admission) }
  const operations = await doors.operations(asked)
  if (operations) return { door: 'operations', answer: operations }
  return { door: 'page', answer: await page(doors, asked) }
}

/** The HTTP server of a process that answers requests: it finds the door. */
export function createHttpServer(app: App, metrics: Metrics, schema: GraphQLSchema): Server & { endStreams(): void } {
  const doors = doorsOf(app, schema, metrics)
  const server = createListeningServer(app, metrics, (asked, admission, res) => serve(doors, asked, admission, res))
  return Object.assign(server, { endStreams: () => doors.streams.end() })
}
