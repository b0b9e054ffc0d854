import { timingSafeEqual } from 'node:crypto'
import type { App } from '../app.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { Metrics } from './metrics.ts'
import type { Asked } from './request.ts'

const LOOPBACK = /^(127\.|::1$)/
const PROXIED = /^(x-forwarded(-.*)?|x-real-ip|forwarded|via)$/

/** A proxy on this machine calls from loopback too, for whoever called it. */
const isLocal = ({ req, address }: Asked): boolean =>
  LOOPBACK.test(address) && !Object.keys(req.headers).some((name) => PROXIED.test(name))

function mayMeasure({ config: { metricsToken, production } }: App, asked: Asked): boolean {
  if (!metricsToken) return !production && isLocal(asked)
  const given = Buffer.from(asked.req.headers.authorization?.replace(/^Bearer /i, '') ?? '')
  const wanted = Buffer.from(metricsToken)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const SEND = 'send Authorization: Bearer <the value of OPSGRAPH_METRICS_TOKEN>.'
const SET = `Set OPSGRAPH_METRICS_TOKEN to 16 characters or more (openssl rand -hex 16), restart, and ${SEND}`

const refused = ({ config }: App): Answer =>
  jsonAnswer(403, { error: `Metrics are for the bearer of a token: ${config.metricsToken ? SEND : SET}` })

/** Whoever only answers is ready even where nobody does the jobs: otherwise all would be taken out, for those that work. */
async function readiness(app: App): Promise<Answer> {
  const checks = await app.server.checks()
  const needed = Object.entries(checks).filter(([name]) => name !== 'jobs' || app.config.role !== 'api')
  const ready = needed.every(([, { ok }]) => ok)
  return jsonAnswer(ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', checks })
}

const KEYS_PATH = '/.well-known/jwks.json'
const KEYS_CACHED = 'public, max-age=60'

/** What access tokens can be checked with, by whoever is shown one. */
async function publicKeys({ signingKeys }: App): Promise<Answer> {
  const answer = jsonAnswer(200, { keys: await signingKeys.published() })
  return { ...answer, headers: { ...answer.headers, 'cache-control': KEYS_CACHED } }
}

/** What those who run the server ask: is it alive, is it ready, how is it doing. Undefined: not such a path. */
export function createOperations(app: App, metrics: Metrics) {
  return async (asked: Asked): Promise<Answer | undefined> => {
    if (asked.method !== 'GET' && asked.method !== 'HEAD') return undefined
    if (asked.path === '/livez') return jsonAnswer(200, { status: 'alive' })
    if (asked.path === '/readyz') return readiness(app)
    if (asked.path === KEYS_PATH) return publicKeys(app)
    if (asked.path !== '/metrics') return undefined
    if (!mayMeasure(app, asked)) return refused(app)
    const { contentType } = metrics.registry
    return { status: 200, headers: { 'content-type': contentType }, body: await metrics.registry.metrics() }
  }
}
