import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { App } from '../app.ts'
import { type Admission, bucketHeaders, strangerHeaders } from './admission.ts'
import { type Answer, REQUEST_ID, send } from './answer.ts'
import { failure } from './failure.ts'
import type { Metrics } from './metrics.ts'
import { type Asked, readRequest } from './request.ts'

export type Door = 'graphql' | 'rest' | 'browse' | 'operations' | 'page'
export type Served = { door: Door; answer: Answer | undefined; dialect?: string }
export type Serve = (asked: Asked, admission: Admission, res: ServerResponse) => Promise<Served>

const HEADERS_MS = 10_000
/** How often Node looks for callers that are too slow: every 30 s unless told. */
const CHECK_MS = 1000
const REQUEST_MS = 60_000
const KEEP_ALIVE_MS = 65_000

function note(app: App, metrics: Metrics, asked: Asked, admission: Admission, served: Served, status: number): void {
  const { requestId, method, path, address, startedAt } = asked
  const { key, cost } = admission
  const durationMs = performance.now() - startedAt
  const dialect = served.dialect ?? null
  metrics.observe(admission.stream ? 'stream' : served.door, method, status, durationMs / 1000)
  app.log.info(
    {
      requestId,
      method,
      path,
      status,
      durationMs: Math.round(durationMs * 100) / 100,
      address,
      organizationId: key?.organizationId,
      keyId: key?.keyId,
      cost,
    },
    'request',
  )
  if (!key?.organizationId) return
  const { organizationId, keyId: apiKeyId, ownerId: userId } = key
  app.usage.record({
    organizationId,
    apiKeyId,
    userId,
    requestId,
    method,
    path,
    operation: admission.operation ?? null,
    dialect,
    status,
    durationMs,
    cost,
    address,
    at: app.clock.now(),
  })
}

async function answer(app: App, serve: Serve, metrics: Metrics, asked: Asked, res: ServerResponse): Promise<void> {
  const admission: Admission = { cost: 1 }
  const served = await serve(asked, admission, res)
  const named =
    bucketHeaders(admission) ??
    (served.door === 'page' || served.door === 'operations' ? {} : await strangerHeaders(app, asked))
  if (served.answer) send(res, served.answer, { [REQUEST_ID]: asked.requestId, ...named })
  note(app, metrics, asked, admission, served, res.statusCode)
}

function refuseRequest(res: ServerResponse, error: unknown, requestId: string = randomUUID()): void {
  const { status, headers, body } = failure(error, requestId)
  res.writeHead(status, { ...headers, [REQUEST_ID]: requestId, connection: 'close' })
  res.end(body)
}

/** An HTTP server that tells what happened to everybody who keeps count. */
export function createListeningServer(app: App, metrics: Metrics, serve: Serve): Server {
  const listener = (req: IncomingMessage, res: ServerResponse) => {
    try {
      const asked = readRequest(req, app.config)
      answer(app, serve, metrics, asked, res).catch((error: unknown) => {
        app.log.error({ error, requestId: asked.requestId }, 'a request failed')
        if (res.headersSent) res.destroy()
        else refuseRequest(res, error, asked.requestId)
      })
    } catch (error) {
      refuseRequest(res, error)
    }
  }
  const server = createServer(
    { requireHostHeader: false, keepAlive: true, connectionsCheckingInterval: CHECK_MS },
    listener,
  )
  return Object.assign(server, {
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  })
}
