import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { minted } from '../contract/minted.ts'
import { filled, type Operation, type Route, routesOf } from '../contract/routes.ts'
import { testServer } from '../kit/server.ts'
import { hidden, type Page, signedIn, type Visitor } from '../kit/visitor.ts'
import { RUNS, SEED, text } from './hostile.ts'

const server = testServer()
let routes: Route[] = []
let visitor: Visitor
let token = ''
beforeAll(async () => {
  routes = await routesOf(server)
  visitor = await signedIn(server, (await minted(server)).token)
  token = hidden(await visitor.go('/api/'), '_token')
})

/** What a change without a body takes. */
const NOTHING = { properties: {} }
const GUARDS = ['_was', '_clear', '_json', '_etag', '_once', '_method']
/** What no text may become, whoever typed it. */
const MARKUP = /<script|<img src=x/i
const HOSTILE = '"><script>x</script><img src=x onerror=x>'

function endures({ status, headers, text }: Page, told: string): void {
  expect(status, told).toBeLessThan(500)
  if (status === 303) expect(headers.get('location'), told).toMatch(/^\/api\//)
  else isPage(headers, text, told)
}

function isPage(headers: Headers, text: string, told: string): void {
  expect(headers.get('content-type'), told).toBe('text/html; charset=utf-8')
  expect(MARKUP.test(text), told).toBe(false)
  expect(text.endsWith('</html>\n'), told).toBe(true)
}

const typed = fc.oneof({ arbitrary: text, weight: 4 }, { arbitrary: fc.constant(HOSTILE), weight: 1 })

const property = <T>(arbitrary: fc.Arbitrary<T>, runs: number, judge: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, judge), { seed: SEED, numRuns: runs * RUNS, endOnFailure: true })

const namesIn = ({ operation }: Route): string[] =>
  (operation.parameters ?? []).filter((each: Operation) => each.in === 'query').map((each: Operation) => each.name)

/** Some of these names, each with some text. */
const some = (names: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...names, 'nobody_takes_this'), typed, { maxKeys: 6, noNullPrototype: true })

describe('every page endures', () => {
  it('parameters of every kind', async () => {
    for (const route of routes.filter(({ method, path }) => method === 'GET' && !path.endsWith('/content')))
      await property(some(namesIn(route)), 15, async (query) => {
        const path = `${filled(route.path)}?${new URLSearchParams(query)}`
        endures(await visitor.go(path), path)
      })
  }, 120_000)

  it('forms of every kind', async () => {
    const writes = routes.filter(
      ({ method, path }) => ['POST', 'PUT', 'PATCH'].includes(method) && !path.includes('auth'),
    )
    for (const { method, path, dialect } of writes) {
      const { json } = await server.request(`/openapi/${dialect}.json`)
      const { requestBody } = json.paths[path][method.toLowerCase()]
      const { schema }: Operation = requestBody
        ? Object.values<Operation>(requestBody.content)[0]!
        : { schema: NOTHING }
      const { properties } = schema.properties ? schema : json.components.schemas[schema.$ref.split('/').at(-1)]
      await property(some([...Object.keys(properties), ...GUARDS]), 25, async (fields) => {
        const form = { _method: method, ...fields, _token: token }
        endures(await visitor.send(filled(path), form), `${method} ${path} ${JSON.stringify(form)}`)
      })
    }
  }, 120_000)

  it('bytes that are no form', async () => {
    const types = ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'multipart/form-data']
    await property(fc.tuple(fc.constantFrom(...types), text), 60, async ([type, body]) => {
      for (const path of ['/api/assets/', '/browse/sign-in', '/browse/sign-out']) {
        const page = await visitor.go(path, { method: 'POST', headers: { 'content-type': type }, body })
        expect(page.status, `${type} ${JSON.stringify(body)}`).toBeGreaterThanOrEqual(400)
        endures(page, `${type} ${JSON.stringify(body)}`)
      }
    })
  }, 120_000)
})
