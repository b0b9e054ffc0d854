import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { Wish } from '../../src/db/announce.ts'
import { createExecute } from '../../src/graph/execute.ts'
import { createPartsReader, type ReadParts } from '../../src/read/reader.ts'
import { createWishes } from '../../src/read/wish.ts'
import { isDirect } from '../../src/rest/direct.ts'
import type { Endpoint } from '../../src/rest/endpoint.ts'
import { createRest, type Rest, type RestAnswer } from '../../src/rest/rest.ts'
import { schema } from '../../src/schema.ts'
import { SEED } from '../fuzz/hostile.ts'
import { testServer } from '../kit/server.ts'
import { Callers } from './generate/callers.ts'
import { Choices } from './generate/choices.ts'
import { addHostileRows } from './generate/hostile-rows.ts'

const server = testServer()
const faults: unknown[] = []
const direct = new Set<string>()
const wishes: Wish[] = []
const execute = createExecute(schema, (error) => faults.push(error))
const slow = createRest({ schema, execute: execute as never, version: '0' })
let quick: Rest
let callers: Callers

const told = (endpoint: Endpoint) => `${endpoint.method} ${endpoint.path}`
const routes = slow.endpoints.filter(isDirect).map((endpoint) => [told(endpoint), endpoint] as const)

beforeAll(async () => {
  const drawn = fc.sample(fc.array(fc.nat(0xffff), { minLength: 40_000, maxLength: 40_000 }), {
    seed: SEED,
    numRuns: 1,
  })
  await addHostileRows(server.app, new Choices(drawn[0]!))
  const { tables, pool } = server.app
  const sources = { schema, tables, pool, report: (error: unknown) => faults.push(error) }
  const noting =
    (read: ReadParts): ReadParts =>
    async (document, operation, ...rest) => {
      const parts = await read(document, operation, ...rest)
      if (parts) direct.add(operation.name!.value)
      return parts
    }
  quick = createRest({
    ...{ schema, execute: execute as never, version: '0' },
    readerFor: (form) => {
      const wishFor = createWishes(sources, form)
      return {
        read: noting(createPartsReader(sources, form)),
        wishFor: (...asked) => wishes[wishes.push(wishFor(...asked)) - 1]!,
      }
    },
  })
  callers = await Callers.of(server, 0)
})

async function ask(rest: Rest, path: string, given?: unknown): Promise<RestAnswer> {
  const context = { ...callers.full, answer: { secret: false } }
  const method = given === undefined ? 'GET' : 'POST'
  const match = rest.match(method, path.split('?')[0]!)!
  const body = given === undefined ? undefined : Buffer.from(JSON.stringify(given))
  const headers = { 'content-type': 'application/json' }
  const request = { method, url: path, headers, body, publicBase: 'https://ops.example.com' }
  return rest.handle(match, { ...request, context, requestId: 'the-same' })
}

const plain = ({ status, headers: { etag: _, ...headers }, body }: RestAnswer) => ({
  ...{ status, headers },
  json: body === undefined ? undefined : JSON.stringify(JSON.parse(String(body))),
})

async function compare(path: string): Promise<unknown> {
  const [one, other] = [plain(await ask(quick, path)), plain(await ask(slow, path))]
  expect(one, path).toEqual(other)
  return one.json && JSON.parse(one.json)
}

/** The ids that a list's answer shows, whatever it calls its rows. */
const idsIn = (answer: unknown): unknown[] =>
  Object.values((answer ?? {}) as object)
    .filter(Array.isArray)
    .flat()
    .map(({ id }: { id?: unknown }) => id)
    .filter((id) => id !== undefined)

const listOf = (endpoint: Endpoint) =>
  slow.endpoints.find(({ list, method, path }) => list && method === 'GET' && endpoint.path.startsWith(path))

async function pathsOf(endpoint: Endpoint): Promise<string[]> {
  if (endpoint.path.includes(':')) {
    const list = listOf(endpoint)
    const ids = list ? idsIn(await compare(list.path)) : []
    return [...ids, 0, 2_000_000_000].map((id) => endpoint.path.replace(/:\w+/, String(id)))
  }
  const names = new Set(endpoint.parameters.map(({ name }) => name))
  const asked = ['limit=3', 'page_size=3', 'page=2&page_size=3', 'page=9999', 'limit=0', 'search=a', 'search=switch']
  const fit = asked.filter((query) => query.split('&').every((part) => names.has(part.split('=')[0]!)))
  const order = endpoint.parameters.find(({ name }) => name === 'ordering')
  const fields = order ? order.description!.split(': ').at(-1)!.replace('.', '').split(', ') : []
  return ['', ...fit, ...fields.flatMap((field) => [`ordering=${field}`, `ordering=-${field}`])].map((query) =>
    query ? `${endpoint.path}?${query}` : endpoint.path,
  )
}

it.each(routes)('%s: one statement answers what SOFA answers', async (_route, endpoint) => {
  for (const path of await pathsOf(endpoint)) await compare(path)
  expect(faults).toEqual([])
})

const TABLES =
  'leads lead invoices clients client assets asset vehicles vehicle monitors monitor notes spaces documents'

it.each(TABLES.split(' '))('%s is answered by one statement', (name) => {
  expect([...direct]).toContain(name)
})

/** What a GET shows of rows that were made by one statement, with values that are easily written wrongly. */
const MADE: [string, object][] = [
  [
    '/api/assets/',
    { name: 'Switch "\u2028" \\ \u00df', custom_fields: { a: [1, null, { b: '<&>' }] }, ip_address: '10.0.4.1' },
  ],
  [
    '/api/vehicles/',
    { name: 'Van', make: 'Ford', purchase_price: '19999.5', purchase_date: '2026-02-28', current_mileage: 12 },
  ],
  ['/api/monitors/', { name: 'Shop', kind: 'website', url: 'https://example.com/shop' }],
  ['/api/v1/leads', { name: 'Ada \ud83d\udc69', source: 'referral', score: 7 }],
  ['/api/v1/projects', { name: 'Made at once', description: "it's \t here" }],
]

it.each(MADE)('POST %s shows its row as the GET of it does, by the statement that makes it', async (path, given) => {
  wishes.length = 0
  const { status, body } = await ask(quick, path, given)
  expect([status, wishes.map(({ shown }) => shown !== undefined)], String(body)).toEqual([201, [true]])
  const answer = JSON.parse(String(body))
  const { id } = answer.data ?? answer
  const read = await ask(slow, `${path.replace(/\/$/, '')}/${id}`)
  expect(JSON.stringify(answer)).toBe(JSON.stringify(JSON.parse(String(read.body))))
  expect(faults).toEqual([])
})

it('a row that is made with others is read back', async () => {
  const tag = await server.app.query<{ id: number }>('SELECT id FROM tag WHERE organization_id = $1 LIMIT 1', [
    callers.full.organizationId,
  ])
  wishes.length = 0
  const { body } = await ask(quick, '/api/assets/', { name: 'Tagged', tag_ids: tag.map(({ id }) => id) })
  expect([wishes.length, wishes[0]?.shown]).toEqual([1, undefined])
  const { id } = JSON.parse(String(body))
  expect(JSON.parse(String(body))).toEqual(JSON.parse(String((await ask(slow, `/api/assets/${id}`)).body)))
  expect(JSON.parse(String(body)).tags).toHaveLength(1)
})
