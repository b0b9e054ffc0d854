import type { DocumentNode, ExecutionResult } from 'graphql'
import { useSofa } from 'sofa-api'
import type { Dialect } from './dialect.ts'
import type { Endpoint } from './endpoint.ts'
import type { Exchange } from './exchange.ts'
import { Facade } from './facade.ts'
import { facadeSchema } from './facade-schema.ts'

/** Runs a precompiled document on the main schema; whoever stands behind it can be exchanged. */
export type Execute = (
  document: DocumentNode,
  variables: Record<string, unknown>,
  context: unknown,
) => ExecutionResult | Promise<ExecutionResult>

export type Sofa = {
  document: Record<string, unknown>
  facade: Facade
  /** Runs one exchange through SOFA; the JSON text of the answer, or the failure noted in the exchange. */
  run(exchange: Exchange): Promise<string>
}

/**
 * The front has matched the path already, so SOFA gets `~id` for `:id`: a constant path is one look-up in its map,
 * where a pattern would cost 10 µs per route of the method, and the values arrive as `params`.
 */
export const sofaPath = (path: string): string => path.replaceAll(':', '~')

type Call = { contextValue: Exchange; variableValues: Record<string, string> }

/** Answers an exchange with what becomes its JSON; `given` are the parameters as SOFA read them. */
export type AnswerTo = (exchange: Exchange, given: Record<string, string>) => Promise<unknown>

/** SOFA gets every failure as an empty answer: the front words it, with its own status and headers. */
const executeWith =
  (answerTo: AnswerTo) =>
  async ({ contextValue, variableValues }: Call) => {
    const { id } = contextValue.endpoint
    try {
      return { data: { [id]: await answerTo(contextValue, variableValues) } }
    } catch (error) {
      contextValue.failure = error
      return { data: { [id]: null } }
    }
  }

/** SOFA would write a body that HTTP forbids under 204; the front sets that status itself. */
const routesOf = (endpoints: readonly Endpoint[]) =>
  Object.fromEntries(
    endpoints.map(({ id, method, path, status }) => [
      `Query.${id}`,
      { method, path: sofaPath(path), responseStatus: (status === 204 ? 200 : status) as 200 },
    ]),
  )

type Ingredients = { facade: Facade; endpoints: readonly Endpoint[]; answerTo: AnswerTo; version: string }

const createRouter = ({ facade, endpoints, answerTo, version }: Ingredients) =>
  useSofa({
    basePath: '/',
    schema: facadeSchema(endpoints, facade),
    customScalars: facade.scalars,
    routes: routesOf(endpoints),
    openAPI: { info: { title: facade.dialect.title, version }, endpoint: '/openapi.json' },
    swaggerUI: { endpoint: false as never },
    context: (({ exchange }: { exchange: Exchange }) => exchange) as never,
    execute: executeWith(answerTo) as never,
    errorHandler: (errors) => {
      throw errors[0]
    },
  })

/** The part of a fetch Request that SOFA reads; the body is parsed by the front. */
type Ask = { method: string; url: string; params: Record<string, string | undefined>; body: null }

export function createSofa(
  dialect: Dialect,
  endpoints: readonly Endpoint[],
  answerTo: AnswerTo,
  version: string,
): Sofa {
  const facade = new Facade(dialect)
  const router = createRouter({ facade, endpoints, answerTo, version })
  const handle = router.handleRequest as unknown as (ask: Ask, context: object) => Promise<Response | undefined>
  return {
    document: router.openAPIDocument as Record<string, unknown>,
    facade,
    async run(exchange) {
      const { method, path } = exchange.endpoint
      const ask: Ask = { method, url: `http://opsgraph${sofaPath(path)}`, params: exchange.params, body: null }
      const response = await handle(ask, { exchange })
      if (!response) throw new Error(`SOFA does not know ${method} ${path}.`)
      return response.text()
    },
  }
}
