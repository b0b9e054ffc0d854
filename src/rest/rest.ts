import type { GraphQLSchema } from 'graphql'
import type { DialectName } from '../core/rest.ts'
import type { Form } from '../read/form.ts'
import { answerTo } from './answer.ts'
import { DIALECTS } from './dialects/all.ts'
import { answerDirectly, answerReadBack, isDirect, type Reads } from './direct.ts'
import { compileEndpoints, type Endpoint } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import { formOf } from './form.ts'
import { createFront, type RestRequest } from './front.ts'
import { createMatch, type Match } from './match.ts'
import { readBacksOf } from './read-back.ts'
import { type RefusalContext, type RestAnswer, refuse } from './refusal.ts'
import type { AnswerTo, Execute } from './sofa.ts'

export type { Execute, Match, RestAnswer, RestRequest }

type Documents = Record<DialectName, Record<string, unknown>>

export type Rest = {
  /** Who owns a path and what it answers; undefined: not REST. */
  match(method: string, path: string): Match | undefined
  handle(match: Match, request: RestRequest): Promise<RestAnswer>
  /** A refusal from outside the routes (credential, bucket, size) in the exact shape of the path's owner. */
  fail(dialect: DialectName, error: unknown, context: RefusalContext): RestAnswer
  endpoints: readonly Endpoint[]
  /** The OpenAPI document of every dialect, printed when it is first asked for. */
  documents(): Promise<Documents>
}

export type RestOptions = {
  schema: GraphQLSchema
  execute: Execute
  version: string
  publicUrl?: string | undefined
  /** What answers by one statement, in the form of a dialect. */
  readerFor?: (form: Form) => Reads
}

const NAMES = Object.keys(DIALECTS) as DialectName[]

/** Made for the first who asks. */
function perDialect<T>(make: (name: DialectName) => T): (name: DialectName) => T {
  const made = new Map<DialectName, T>()
  return (name) => {
    const known = made.get(name) ?? make(name)
    made.set(name, known)
    return known
  }
}

export function createRest({ schema, execute, version, publicUrl, readerFor }: RestOptions): Rest {
  const endpoints = compileEndpoints(schema)
  const of = (name: DialectName) => endpoints.filter(({ dialect }) => dialect.name === name)
  const readerOf = readerFor && perDialect((name) => readerFor(formOf(DIALECTS[name])))
  const readBacks = readBacksOf(endpoints)
  const direct = (exchange: Exchange): Promise<string | undefined> | undefined => {
    const { endpoint } = exchange
    const reads = readerOf?.(endpoint.dialect.name)
    if (!reads) return undefined
    if (isDirect(endpoint)) return answerDirectly(exchange, reads.read)
    const back = readBacks.get(endpoint)
    return back && answerReadBack(exchange, back, { execute, reads })
  }
  const answer: AnswerTo = (exchange, given) => answerTo(exchange, given, execute)
  // SOFA and what it stands on are a third of all modules.
  const sofaOf = perDialect(async (name) =>
    (await import('./sofa.ts')).createSofa(DIALECTS[name], of(name), answer, version),
  )
  const documents = async () => {
    const { openApiDocument } = await import('./openapi.ts')
    const print = async (name: DialectName) =>
      [name, openApiDocument(await sofaOf(name), of(name), { version, publicUrl })] as const
    return Object.fromEntries(await Promise.all(NAMES.map(print))) as Record<string, unknown> as Documents
  }
  return {
    match: createMatch(endpoints),
    handle: createFront({ sofaOf, direct, endpoints }),
    fail: refuse,
    endpoints,
    documents,
  }
}
