import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { RestRoute } from '../core/rest.ts'
import { createRest } from './rest.ts'

const field = (route: RestRoute | RestRoute[], more: object = {}) => ({
  type: GraphQLString,
  extensions: { rest: route },
  ...more,
})

const schemaOf = (fields: Record<string, object>) =>
  new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: fields as never }) })

const open = (fields: Record<string, object>) =>
  createRest({
    schema: schemaOf(fields),
    version: '1',
    execute: ({ definitions: [operation] }) => ({
      data: { [(operation as { name: { value: string } }).name.value]: 'here' },
    }),
  })

const many = (count: number) =>
  open(
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `thing${at}`,
        field(
          { dialect: 'dashboard', route: `GET /api/v1/things${at}/:id` },
          { args: { id: { type: GraphQLString } } },
        ),
      ]),
    ),
  )

async function cost(rest: ReturnType<typeof many>, path: string): Promise<number> {
  const request = {
    method: 'GET',
    url: path,
    publicBase: '',
    headers: {},
    body: undefined,
    context: {},
    requestId: 'r',
  }
  const once = () => rest.handle(rest.match('GET', path) as never, request)
  const round = async () => {
    const start = process.cpuUsage()
    for (let turn = 0; turn < 2000; turn++) await once()
    const { user, system } = process.cpuUsage(start)
    return user + system
  }
  expect(await once()).toMatchObject({ status: 200, body: '"here"' })
  const rounds: number[] = []
  for (let turn = 0; turn < 7; turn++) rounds.push(await round())
  return Math.min(...rounds)
}

test('a request costs the same behind three times the routes', async () => {
  const few = await cost(many(50), '/api/v1/things49/7')
  const more = await cost(many(150), '/api/v1/things149/7')
  expect(more / few).toBeLessThan(1.5)
}, 30_000)

test('a field without an annotation, or with false, has no route', () => {
  const rest = open({ silent: { type: GraphQLString }, hidden: { type: GraphQLString, extensions: { rest: false } } })
  expect(rest.endpoints).toEqual([])
})

test('one field may show itself in several dialects', async () => {
  const rest = open({
    ping: field([
      { dialect: 'dashboard', route: 'GET /api/v1/ping' },
      { dialect: 'baserdb', route: 'GET /api/v1/auth/ping' },
    ]),
  })
  const request = { method: 'GET', publicBase: '', headers: {}, body: undefined, context: {}, requestId: 'r' }
  const ask = (path: string) => rest.handle(rest.match('GET', path) as never, { ...request, url: path })
  expect((await ask('/api/v1/ping')).body).toBe('"here"')
  expect((await ask('/api/v1/auth/ping')).body).toContain('"data":"here"')
})

describe('a wrong annotation stops the start, under its own name', () => {
  test.each<[string, RestRoute | RestRoute[], RegExp]>([
    [
      'names no argument for its path',
      { dialect: 'dashboard', route: 'GET /api/v1/x/:id' },
      /x\/:id \(thing\): no argument is called id/,
    ],
    [
      'selects what has no fields',
      { dialect: 'dashboard', route: 'GET /api/v1/x', view: 'nope' },
      /must not have a selection/,
    ],
    [
      'takes a body that is no argument',
      { dialect: 'dashboard', route: 'POST /api/v1/x', body: 'input' },
      /no argument is called input/,
    ],
    [
      'lists what is no connection',
      { dialect: 'devsphere', route: 'GET /api/v1/x', list: { params: {} } },
      /not a connection/,
    ],
    [
      'takes a path that another has',
      [
        { dialect: 'dashboard', route: 'GET /api/v1/x' },
        { dialect: 'baserdb', route: 'GET /api/v1/x' },
      ],
      /GET \/api\/v1\/x has two owners/,
    ],
  ])('that %s', (_what, route, message) => {
    expect(() => open({ thing: field(route) })).toThrow(message)
  })
})
