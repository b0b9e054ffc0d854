import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minted } from '../contract/minted.ts'
import { filled, type Operation, type Route, routesOf } from '../contract/routes.ts'
import { testServer } from '../kit/server.ts'
import { contentType, escaped, type Known, objectOf, RUNS, rawBody, SEED } from './hostile.ts'
import { type Reply, type Sent, SLOWEST_MS, Wire } from './wire.ts'

const server = testServer()
let wire: Wire
let routes: Route[] = []
beforeAll(async () => {
  routes = await routesOf(server)
  wire = new Wire(server.url, (await minted(server)).token)
})
afterAll(() => wire?.close())

const PRINTABLE = Array.from({ length: 224 }, (_, i) => i + 32).filter((code) => code !== 127)
const tally = new Map<number, number>()
const DEEPEST = 100

type Shape = (reply: Reply) => boolean
const keysOf = (value: unknown) => (value && typeof value === 'object' ? Object.keys(value) : [])
const sentences = (fields: unknown): boolean =>
  keysOf(fields).length > 0 &&
  Object.values(fields as object).every(
    (each) => Array.isArray(each) && each.length > 0 && each.every((one) => typeof one === 'string' && one.length > 0),
  )

/** What an error of each dialect looks like. */
const SHAPES: Record<Route['dialect'], Shape> = {
  dashboard: ({ json, requestId }) =>
    keysOf(json).join() === 'error,code,requestId' && json.requestId === requestId && json.error.length > 0,
  devsphere: ({ json, status }) => /^[a-z_]+$/.test(json?.error) && (status !== 400 || sentences(json.fields)),
  clientst0r: ({ json, status }) =>
    (keysOf(json).join() === 'detail' && typeof json.detail === 'string') ||
    (status === 400 && (sentences(json) || json?.error === 'Not an OTP entry')),
  baserdb: ({ json }) =>
    keysOf(json).join() === 'success,data,meta,error' &&
    json.success === false &&
    keysOf(json.error).join() === 'code,message,details',
}

/** Which field a refusal blames; undefined where it blames none. */
const BLAMES: Record<Route['dialect'], (reply: Reply) => string | undefined> = {
  dashboard: ({ json }) => /^(.*?): /s.exec(json.error)?.[1],
  devsphere: ({ json }) => keysOf(json.fields)[0],
  clientst0r: ({ json }) => keysOf(json).find((key) => key !== 'detail'),
  baserdb: ({ json }) => keysOf(json.error.details.fields)[0],
}

/**
 * Secrets are shown, and backups made, a few times a minute, and some secrets to nobody who was not approved: whoever asks.
 * A second factor is taken away by others than its owner, and only where they have a say.
 */
const isGuarded = ({ path }: Sent, { status }: Reply) =>
  /\/(passwords\/|webhooks|credentials|backups|second-factor)/.test(path) && [403, 429].includes(status)

const show = ({ method, path, body }: Sent) => `${method} ${path.slice(0, 300)} ${body?.toString().slice(0, 300) ?? ''}`

/** Signing in takes no key, and nobody guesses what a person signs in with. */
const isForStrangers = ({ operation }: Route) => operation.security?.length === 0

async function endures(route: Route, sent: Sent): Promise<Reply> {
  const { dialect } = route
  const reply = await wire.send(sent)
  if (!isGuarded(sent, reply) && !isForStrangers(route)) tally.set(reply.status, (tally.get(reply.status) ?? 0) + 1)
  const told = `${reply.status} ${reply.text.slice(0, 300)} for ${show(sent)}`
  expect(reply.status, told).toBeLessThan(500)
  expect(await wire.slowness(sent, reply), told).toBeLessThan(SLOWEST_MS)
  expect(reply.requestId, told).not.toBe('')
  if (reply.status >= 400 && sent.method !== 'HEAD') expect(SHAPES[dialect](reply) || told).toBe(true)
  return reply
}

const schemaOf = ({ operation }: Route): Operation =>
  operation.requestBody?.content?.['application/json']?.schema ??
  Object.values<Operation>(operation.requestBody?.content ?? {})[0]?.schema ??
  {}

const documents: Record<string, Operation> = {}
const resolved = (dialect: string, schema: Operation): Operation =>
  typeof schema.$ref === 'string'
    ? schema.$ref
        .split('/')
        .slice(1)
        .reduce((at: Operation, step: string) => at[step], documents[dialect] as Operation)
    : schema
type Leaf = { type?: string; enum?: string[]; format?: string; items?: Operation }

function decent({ type, enum: words, format, items }: Leaf): unknown {
  if (words) return words[0]
  if (type === 'array') return [decent(items ?? {})]
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return true
  if (type === 'object') return { a: 1 }
  return format === 'date' ? '2026-05-23' : format === 'date-time' ? '2026-05-23T11:42:00Z' : 'fuzzed'
}

/** The fields of a route's body, with something that each of them might take. */
function fieldsOf(route: Route): Known[] {
  const { properties = {}, required = [] } = resolved(route.dialect, schemaOf(route))
  return Object.entries<Operation>(properties).map(([key, schema]) => ({
    key,
    required: required.includes(key),
    decent: fc.constant(JSON.stringify(decent(resolved(route.dialect, schema)))),
  }))
}

const bodyKeys = (route: Route) => fieldsOf(route).map(({ key }) => key)
const queryNames = ({ operation }: Route): string[] =>
  (operation.parameters ?? []).filter((each: Operation) => each.in === 'query').map((each: Operation) => each.name)

async function property<T>(arbitrary: fc.Arbitrary<T>, runs: number, judge: (value: T) => Promise<unknown>) {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      await judge(value)
    }),
    { seed: SEED, numRuns: runs * RUNS, endOnFailure: true },
  )
}

const TYPED = { 'content-type': 'application/json' }
const writes = (route: Route) => ['POST', 'PUT', 'PATCH'].includes(route.method)
const takesFile = ({ operation }: Route) => 'multipart/form-data' in (operation.requestBody?.content ?? {})
const ID = fc.constantFrom('1', '2', '3', '2000000000')

beforeAll(async () => {
  for (const dialect of new Set(routes.map((route) => route.dialect)))
    documents[dialect] = (await server.request(`/openapi/${dialect}.json`)).json
})

describe('every route endures', () => {
  it('fields of every kind, and names the one to blame', async () => {
    for (const route of routes.filter((each) => writes(each) && !takesFile(each)))
      await property(fc.tuple(objectOf(fieldsOf(route)), ID), 120, async ([body, id]) => {
        const reply = await endures(route, {
          method: route.method,
          path: filled(route.path, id),
          headers: TYPED,
          body,
        })
        if (reply.status === 400) expect(BLAMES[route.dialect](reply), show({ ...route, body })).toBeDefined()
      })
  }, 120_000)

  it('bodies that are no object, and content types that are none', async () => {
    for (const route of routes.filter(writes))
      await property(fc.tuple(rawBody, contentType), 60, ([body, type]) =>
        endures(route, { method: route.method, path: filled(route.path), headers: { 'content-type': type }, body }),
      )
  })

  it('query parameters of every kind, known, unknown, repeated, and names the one to blame', async () => {
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const name = fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('', ...queryNames(route)) },
        { weight: 1, arbitrary: escaped },
      )
      const query = fc.array(fc.tuple(name, escaped), { minLength: 1, maxLength: 5 })
      await property(query, 60, async (pairs) => {
        const path = `${filled(route.path)}?${pairs.map(([key, value]) => `${key}=${value}`).join('&')}`
        const reply = await endures(route, { method: 'GET', path })
        if (reply.status === 400) expect(BLAMES[route.dialect](reply) ?? path).not.toBe(path)
      })
    }
  })

  it('ids of every kind', async () => {
    for (const route of routes.filter(({ path }) => path.includes('{')))
      await property(escaped, 60, async (id) => {
        const body = writes(route) ? { headers: TYPED, body: '{}' } : {}
        await endures(route, { method: route.method, path: filled(route.path, id || '0'), ...body })
      })
  }, 120_000)

  it('headers of every kind', async () => {
    const value = fc.string({
      unit: fc.constantFrom(...PRINTABLE).map((code) => String.fromCharCode(code)),
      maxLength: 300,
    })
    const names = [
      'if-match',
      'if-none-match',
      'idempotency-key',
      'accept',
      'x-forwarded-for',
      'x-request-id',
      'x-organization',
    ]
    const headers = fc.dictionary(fc.constantFrom(...names, 'range', 'accept-encoding', 'cookie', 'expect'), value, {
      maxKeys: 4,
    })
    const few = routes.filter((_route, i) => i % 4 === 0)
    for (const route of few)
      await property(headers, 40, async (given) => {
        const { expect: _expectation, ...sent } = given
        const body = writes(route) ? { body: '{}' } : {}
        await endures(route, {
          method: route.method,
          path: filled(route.path),
          headers: { ...sent, ...(writes(route) && TYPED) },
          ...body,
        })
      })
  })

  it(`${DEEPEST * 100} levels of JSON, in any field`, async () => {
    const levels = DEEPEST * 100
    for (const route of routes.filter((each) => writes(each) && !takesFile(each)))
      for (const key of bodyKeys(route)) {
        const body = `{${JSON.stringify(key)}:${'['.repeat(levels)}${']'.repeat(levels)}}`
        const { status } = await endures(route, {
          method: route.method,
          path: filled(route.path),
          headers: TYPED,
          body,
        })
        expect([400, 404, 413, 422]).toContain(status)
      }
  })
})

it('met successes and refusals, and its own key was never the reason', () => {
  for (const status of [200, 201, 400, 404, 415]) expect([status, tally.get(status) ?? 0]).not.toEqual([status, 0])
  for (const status of [401, 403, 429]) expect([status, tally.get(status)]).toEqual([status, undefined])
})

it('still answers afterwards, and nothing leaked into every object', async () => {
  expect((await wire.send({ method: 'GET', path: '/api/v1/me' })).status).toBe(200)
  expect((await wire.send({ method: 'GET', path: '/readyz' })).status).toBe(200)
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(({} as Record<string, unknown>).x).toBeUndefined()
})
