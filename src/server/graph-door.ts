import { isUtf8 } from 'node:buffer'
import type { DocumentNode, ExecutionResult, GraphQLError, OperationDefinitionNode } from 'graphql'
import type { Credential } from '../access/credential.ts'
import { errorHeaders } from '../access/headers.ts'
import type { App } from '../app.ts'
import { keyContext, publicContext } from '../context.ts'
import type { Context } from '../core/context.ts'
import { AppError, invalid } from '../core/errors.ts'
import { DEBUG, SERVED_BY } from '../core/rest.ts'
import { Answered } from '../graph/answered.ts'
import { type CostOf, tokensFor } from '../graph/cost.ts'
import { type Documents, operationOf } from '../graph/documents.ts'
import { type Execute, requestErrors } from '../graph/execute.ts'
import type { IsOpen } from '../graph/open.ts'
import { type Admission, admitted, charge, inChosen } from './admission.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import { failure } from './failure.ts'
import { idempotent } from './idempotent.ts'
import { type Asked, BODY_LIMIT, readBody } from './request.ts'

export type Graph = { documents: Documents; costOf: CostOf; execute: Execute; isOpen: IsOpen }

type Parameters = { query: string; variables: Record<string, unknown> | undefined; operationName: string | undefined }
type Ready = { document: DocumentNode; operation: OperationDefinitionNode }

const GRAPHQL_TYPE = 'application/graphql-response+json'
const NO_BODY = Buffer.alloc(0)
const JSON_CONTENT = /^application\/json\s*(;|$)/i

/** The answer's media type, or undefined when neither of ours is wanted. */
export function answerType(accept: string | undefined): string | undefined {
  if (accept === undefined || accept.includes(GRAPHQL_TYPE))
    return accept === undefined ? 'application/json' : GRAPHQL_TYPE
  return /application\/(json|\*)|\*\/\*/i.test(accept) ? 'application/json' : undefined
}

/** What this door serves; everything else (event streams, the explorer) is Yoga's. */
export function isDirect({ method, req: { headers } }: Asked): boolean {
  if (answerType(headers.accept) === undefined) return false
  if (method === 'GET') return !headers.accept?.includes('text/html')
  return method === 'POST' && JSON_CONTENT.test(headers['content-type'] ?? '')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function fromBody(body: Buffer): Record<string, unknown> {
  let given: unknown
  try {
    if (isUtf8(body)) given = JSON.parse(body.toString())
  } catch {}
  if (given === undefined) throw new AppError('INVALID_REQUEST', 'The body is not JSON.')
  if (isObject(given)) return given
  throw new AppError('INVALID_REQUEST', 'The body is one JSON object with the key "query"; batches are not served.')
}

function fromAddress(url: string): Record<string, unknown> {
  const search = new URLSearchParams(url.slice(url.indexOf('?')))
  const json = (name: string) => {
    try {
      return JSON.parse(search.get(name) || 'null')
    } catch {
      throw invalid(name, 'must be a JSON object.')
    }
  }
  const [query, operationName] = [search.get('query'), search.get('operationName')]
  return { query, operationName, variables: json('variables'), extensions: json('extensions') }
}

function parametersOf({ query, variables, operationName, extensions }: Record<string, unknown>): Parameters {
  if (typeof query !== 'string') throw invalid('query', 'must be a string with a GraphQL document.')
  if (variables !== undefined && variables !== null && !isObject(variables))
    throw invalid('variables', 'must be an object.')
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string')
    throw invalid('operationName', 'must be a string.')
  if (extensions !== undefined && extensions !== null && !isObject(extensions))
    throw invalid('extensions', 'must be an object.')
  return { query, variables: variables ?? undefined, operationName: operationName ?? undefined }
}

function ready({ documents }: Graph, { query, operationName }: Parameters): Ready | readonly GraphQLError[] {
  const { document, errors } = documents.prepare(query)
  if (errors) return errors
  const operation = operationOf(document!, operationName)
  if (!operation) throw invalid('operationName', 'must name one of the operations of the document.')
  return { document: document!, operation }
}

/** A refused request: 4xx under the GraphQL media type, 200 under application/json, as GraphQL over HTTP asks. */
const refused = (errors: readonly GraphQLError[], type: string, requestId: string): Answer =>
  jsonAnswer(type === GRAPHQL_TYPE ? 400 : 200, { errors: requestErrors(errors, requestId) }, `${type}; charset=utf-8`)

/** Why not one field could be answered, when that is only because the server itself lacks something. */
function outage({ data, errors = [] }: ExecutionResult): AppError | undefined {
  const causes = errors.map(({ originalError }) => originalError)
  const lacking = causes.every((cause) => cause instanceof AppError && cause.code === 'UNAVAILABLE')
  const nothing = Object.values(data ?? {}).every((value) => value === null)
  return lacking && nothing ? (causes[0] as AppError | undefined) : undefined
}

/** An outage is told by the status too: proxies and clients try again, and no such answer is kept for a replay. */
function answered(result: ExecutionResult, type: string, requestId: string): Answer {
  if (result instanceof Answered)
    return { status: 200, headers: { 'content-type': `${type}; charset=utf-8` }, body: `{"data":${result.json}}` }
  if (result.data === undefined) return refused(result.errors ?? [], type, requestId)
  const lacking = outage(result)
  const { headers, ...answer } = jsonAnswer(lacking?.status ?? 200, result, `${type}; charset=utf-8`)
  return { ...answer, headers: { ...headers, ...(lacking && errorHeaders(lacking)) } }
}

export const contextOf = (app: App, key: Credential, { requestId, address }: Asked): Context =>
  keyContext(app, key, { requestId, address, door: 'graphql' })

/** A request that was paid for, with what it asks. */
export type Payable = { key: Credential; body: Buffer; parameters: Parameters } & Ready
type Paid = { key: Credential; body: Buffer; parameters: Parameters } & (Ready | { errors: readonly GraphQLError[] })

function assertReads({ method }: Asked, { operation }: OperationDefinitionNode): void {
  if (method === 'GET' && operation === 'mutation')
    throw new AppError('METHOD_NOT_ALLOWED', 'What changes anything is sent by POST.', { allow: ['POST'] })
}

/** Who asks, for what, and that they can pay for it: all that comes before execution, whoever executes. */
export async function payable(app: App, graph: Graph, asked: Asked, admission: Admission): Promise<Paid> {
  const known = admitted(app, asked, admission)
  const key = known instanceof Promise ? await known : known
  const body = asked.method === 'GET' ? NO_BODY : await readBody(asked.req, BODY_LIMIT)
  return paid(app, graph, { asked, admission, key, body })
}

type Called = { asked: Asked; admission: Admission; key: Credential; body: Buffer }

/** At once, unless somebody else counts or another organization is chosen. */
function paid(app: App, graph: Graph, { asked, admission, key, body }: Called): Paid | Promise<Paid> {
  const parameters = parametersOf(asked.method === 'GET' ? fromAddress(asked.url) : fromBody(body))
  const prepared = ready(graph, parameters)
  if (!('document' in prepared)) {
    const refused = { key, body, parameters, errors: prepared }
    const counting = charge(app, admission, key, 1)
    return counting ? counting.then(() => refused) : refused
  }
  assertReads(asked, prepared.operation)
  admission.operation = prepared.operation.name?.value
  const { document, operation } = prepared
  const tokens = tokensFor(graph.costOf(document, operation, parameters.variables))
  const counting = charge(app, admission, key, tokens)
  const choose = () => inChosen(app, asked, admission, key)
  const chosen = counting ? counting.then(choose) : choose()
  const by = (who: Credential) => ({ key: who, body, parameters, document, operation })
  return chosen instanceof Promise ? chosen.then(by) : by(chosen)
}

/** What a stranger may send: more than signing in takes, too little to keep anybody busy. */
const STRANGER_LIMIT = 16 * 1024

/** Whoever shows no credential may still sign in; whatever else they send is refused as if it had not been read. */
async function answerStranger(app: App, graph: Graph, asked: Asked, admission: Admission): Promise<Answer> {
  const { req, requestId } = asked
  const given = await readBody(req, STRANGER_LIMIT)
    .then((body) => parametersOf(fromBody(body)))
    .catch(() => undefined)
  const prepared = given && attempted(() => ready(graph, given))
  if (!given || !prepared || !('document' in prepared) || !graph.isOpen(prepared.operation))
    throw new AppError('UNAUTHENTICATED', 'Send a key or token: Authorization: Bearer <key>.')
  admission.operation = prepared.operation.name?.value
  const context = publicContext(app, asked)
  const result = await graph.execute(prepared.document, given.variables, context, given.operationName)
  return secretly(context, answered(result, answerType(req.headers.accept)!, requestId))
}

function attempted<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/** Told to whoever asks which way their answer came. */
function debugged(answer: Answer, result: ExecutionResult, { req }: Asked): Answer {
  if (req.headers[DEBUG] === undefined) return answer
  return {
    ...answer,
    headers: { ...answer.headers, [SERVED_BY]: result instanceof Answered ? 'statement' : 'executor' },
  }
}

const secretly = ({ answer: { secret } }: Context, answer: Answer): Answer =>
  secret ? { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } } : answer

const isStranger = ({ method, req }: Asked, { key }: Admission) =>
  method === 'POST' && req.headers.authorization === undefined && !key

async function executed(graph: Graph, { document, parameters }: Payable, context: Context, asked: Asked) {
  const result = await graph.execute(document, parameters.variables, context, parameters.operationName)
  const answer = answered(result, answerType(asked.req.headers.accept)!, asked.requestId)
  return secretly(context, debugged(answer, result, asked))
}

/** JSON out, by POST with JSON in or by GET, straight from node:http. */
export function createGraphDoor(app: App, graph: Graph) {
  return async (asked: Asked, admission: Admission): Promise<Answer> => {
    if (isStranger(asked, admission)) return answerStranger(app, graph, asked, admission)
    const called = await payable(app, graph, asked, admission)
    if ('errors' in called) return refused(called.errors, answerType(asked.req.headers.accept)!, asked.requestId)
    const { operation } = called.operation
    if (operation === 'subscription') throw new AppError('INVALID_REQUEST', 'Ask for text/event-stream to subscribe.')
    const context = contextOf(app, called.key, asked)
    const run = () => executed(graph, called, context, asked)
    if (operation !== 'mutation') return run()
    const refuse = (error: AppError) => failure(error, asked.requestId)
    return idempotent(app, asked, called.key, called.body, { context, run, refuse })
  }
}
