import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExecutionArgs, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import { createYoga, type GraphiQLOptions, type Plugin } from 'graphql-yoga'
import type { App } from '../app.ts'
import type { Context } from '../core/context.ts'
import { AppError, invalid } from '../core/errors.ts'
import { Answered } from '../graph/answered.ts'
import { requestErrors } from '../graph/execute.ts'
import { FAVICON_PATH } from '../rest/favicon.ts'
import { type Admission, admitted, bucketHeaders, charge } from './admission.ts'
import type { Answer } from './answer.ts'
import { contextOf, type Graph, type Payable, payable } from './graph-door.ts'
import { createPageSession, type Page } from './page-session.ts'
import { type Asked, PAGE_HEADER } from './request.ts'
import type { Streams } from './streams.ts'

type Given = { ctx: Context | undefined; page?: Page | undefined }

const STRANGER = `# Opsgraph. Sign in at /browse/sign-in?next=/graphql, or set your key under "Headers" below:
#   { "Authorization": "Bearer dsk_…" }
`

const EXAMPLE = `{
  apps(first: 3) {
    totalCount
    nodes {
      slug
      deployments { nodes { url droplet { name publicIp } } }
      findings(first: 2) { totalCount nodes { title severity } }
    }
  }
}
`

const EXPLORER = { favicon: FAVICON_PATH, defaultEditorToolsVisibility: 'headers' } as const

/** The explorer's page writes what it is given as it is: a name that could be markup is left out. */
const HARMLESS = /^[\w.+@ -]{1,100}$/
const titleOf = (name: string): string => (HARMLESS.test(name) ? `Opsgraph · ${name}` : 'Opsgraph')

/** For who is signed in to the pages, it asks with their session; X-Organization says where, as anywhere. */
const explorerOf = (page: Page | undefined): GraphiQLOptions =>
  page
    ? {
        ...{ ...EXPLORER, title: titleOf(page.name), defaultQuery: EXAMPLE },
        headers: page.organization === undefined ? '{}' : `{ "X-Organization": "${page.organization}" }`,
        additionalHeaders: { [PAGE_HEADER]: page.token },
      }
    : { ...EXPLORER, title: 'Opsgraph', defaultQuery: STRANGER + EXAMPLE, headers: '{ "Authorization": "Bearer " }' }

/** A page that may hold the token of a session is nobody else's, and in nobody else's frame. */
const EXPLORER_HEADERS = {
  'cache-control': 'no-store',
  vary: 'Accept, Cookie',
  'x-frame-options': 'DENY',
  'content-security-policy': "frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
} as const

/** Yoga writes the values it is given; of a text it would write the class. */
const plain = (result: ExecutionResult): ExecutionResult => (result instanceof Answered ? result.toJSON() : result)

/** Yoga parses, validates and executes through the same port as every other door. */
const throughOurPort = ({ documents, execute }: Graph): Plugin<Given> => ({
  onParse: ({ setParseFn }) =>
    setParseFn((source: string | { body: string }) =>
      documents.parse(typeof source === 'string' ? source : source.body),
    ),
  onValidate: ({ params, setResult }) => setResult(documents.validate(params.documentAST) as GraphQLError[]),
  onExecute: ({ setExecuteFn }) =>
    setExecuteFn((args: ExecutionArgs) => {
      const { ctx } = args.contextValue as Given
      if (!ctx) throw new AppError('UNAUTHENTICATED', 'Send a key or token: Authorization: Bearer <key>.')
      return execute(args.document, args.variableValues ?? undefined, ctx, args.operationName).then(plain)
    }),
  onResponse: ({ response, serverContext }) => {
    if ((serverContext as unknown as Given | undefined)?.ctx?.answer.secret)
      response.headers.set('cache-control', 'no-store')
  },
  onResultProcess: ({ result, serverContext }) => {
    const failed = result as { errors?: GraphQLError[]; data?: unknown }
    if (failed.errors && failed.data === undefined)
      failed.errors = requestErrors(failed.errors, (serverContext as unknown as Given).ctx?.requestId ?? '') as never
  },
})

const isPage = ({ method, req }: Asked): boolean => method === 'GET' && (req.headers.accept ?? '').includes('text/html')
const isPreflight = ({ method }: Asked): boolean => method === 'OPTIONS' || method === 'HEAD'

/** Yoga executes what was checked and paid for, and reads nothing from the wire itself. */
async function streamed(app: App, graph: Graph, asked: Asked, admission: Admission): Promise<Context | Payable> {
  const paid = await payable(app, graph, asked, admission)
  if ('errors' in paid) throw invalid('query', paid.errors[0]!.message)
  if (paid.operation.operation === 'mutation')
    throw new AppError('INVALID_REQUEST', 'A mutation is answered as JSON; ask for application/json.')
  if (paid.operation.operation === 'subscription') return paid
  if (asked.method === 'POST') Object.assign(asked.req, { body: paid.parameters })
  return contextOf(app, paid.key, asked)
}

const ACCEPTABLE = 'Accept application/json, application/graphql-response+json or text/event-stream.'

/** Only a stream is executed here: a page, a preflight and a refusal need nobody's rows. */
async function callerOf(
  app: App,
  graph: Graph,
  asked: Asked,
  admission: Admission,
): Promise<Context | Payable | undefined> {
  const { method, req } = asked
  if (isPreflight(asked) || (isPage(asked) && !req.headers.authorization)) return undefined
  const executes = (method === 'GET' || method === 'POST') && !isPage(asked)
  if (executes && req.headers.accept?.includes('text/event-stream')) return streamed(app, graph, asked, admission)
  await charge(app, admission, await admitted(app, asked, admission), 1)
  if (executes) throw new AppError('NOT_ACCEPTABLE', ACCEPTABLE)
  return undefined
}

export type YogaDoor = (
  asked: Asked,
  admission: Admission,
  req: IncomingMessage,
  res: ServerResponse,
) => Promise<Answer | undefined>

/** Everything at /graphql that is not JSON in and JSON out: the explorer, GET, event streams, and the refusals. */
export function createYogaDoor(app: App, schema: GraphQLSchema, graph: Graph, streams: Streams): YogaDoor {
  const { pageOf } = createPageSession(app)
  const yoga = createYoga<Given>({
    schema,
    renderGraphiQL: async (options) => (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    graphiql: (_request, { page }) => explorerOf(page),
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    logging: false,
    maskedErrors: false,
    parserAndValidationCache: false,
    plugins: [throughOurPort(graph)],
    context: ({ ctx }) => ({ ctx }),
  })
  return async (asked, admission, req, res) => {
    const ctx = await callerOf(app, graph, asked, admission)
    if (ctx && 'operation' in ctx) return streams.open(ctx, { asked, admission, res })
    for (const [name, value] of Object.entries(bucketHeaders(admission) ?? {})) res.setHeader(name, value)
    const isExplorer = isPage(asked)
    if (isExplorer) for (const [name, value] of Object.entries(EXPLORER_HEADERS)) res.setHeader(name, value)
    await yoga(req, res, { ctx, page: isExplorer ? await pageOf(asked) : undefined })
    return undefined
  }
}
