import { isRequiredArgument } from 'graphql'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { CANARY } from '../../src/demo/canary.ts'
import { createRest } from '../../src/rest/rest.ts'
import { schema } from '../../src/schema.ts'
import { Caller } from '../guards/generate/caller.ts'
import { OwnRows } from '../guards/generate/rows.ts'
import { isConnection, modelOf, nodeOf, selectionOf } from '../guards/generate/selection.ts'
import { testServer } from '../kit/server.ts'

const server = testServer()
const lists = Object.values(schema.getQueryType()!.getFields()).filter(
  ({ type, args }) => isConnection(type) && !args.some(isRequiredArgument),
)
const { endpoints } = createRest({ schema, execute: () => expect.fail('nothing runs here'), version: '0' })
const MARK = /canary|9999\d\d\.00/i

let key: string
let mine: OwnRows

beforeAll(async () => {
  // Pages of the request log would move under whoever asks for them.
  vi.spyOn(server.app.usage, 'record').mockImplementation(() => {})
  await server.app.usage.flush()
  await server.app.query('UPDATE api_key SET bucket_capacity = 1000000', [])
  key = server.key('Trusted service')
  mine = new OwnRows(server.app, (await Caller.of(server, key)).ctx.organizationId)
  expect(CANARY).toMatch(MARK)
})

const pageLists = lists.map((field) => [field.name, field] as const)
const routes = endpoints
  .filter(({ method, list, path }) => method === 'GET' && list && !path.includes(':'))
  .map((endpoint) => [`GET ${endpoint.path}`, endpoint] as const)

describe('over HTTP with an administrator’s key', () => {
  it.each(pageLists)('%s, page by page to its end, is one’s own rows and no others', async (_name, field) => {
    const query = `query ($after: String) { list: ${field.name}(first: 7, after: $after) ${selectionOf(field.type, 0)} }`
    const seen: string[] = []
    let after: string | null = null
    let total = -1
    do {
      const { json, text } = await server.graphql(query, { after }, key)
      expect(json.errors).toBeUndefined()
      expect(text).not.toMatch(MARK)
      const { nodes, pageInfo, totalCount } = json.data.list
      seen.push(...nodes.map(({ id }: { id: string }) => id))
      total = totalCount
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null
    } while (after)
    const own = await mine.ids(modelOf(nodeOf(field.type))!)
    expect(total).toBe(own.length)
    expect(seen.map(Number).sort((a, b) => b - a)).toEqual(own)
  })

  it.each(routes)('%s, page by page to its end, is one’s own rows and no others', async (_name, endpoint) => {
    const paged = endpoint.dialect.paging.style === 'page'
    const nextOf = (
      json: { next?: string; next_cursor?: string; meta?: { pagination?: { next_cursor?: string } } },
      link: string | null,
    ) =>
      paged
        ? json.next?.replace(server.url, '')
        : cursorPath(json.next_cursor ?? json.meta?.pagination?.next_cursor ?? cursorIn(link))
    const cursorPath = (cursor: string | null | undefined) =>
      cursor && `${endpoint.path}?limit=7&cursor=${encodeURIComponent(cursor)}`
    let count = 0
    let path: string | null | undefined = `${endpoint.path}?${paged ? 'page_size' : 'limit'}=7`
    while (path) {
      const { status, text, json, headers } = await server.request(path, { key })
      expect(status).toBe(200)
      expect(text).not.toMatch(MARK)
      count += rowsOf(json).length
      path = nextOf(json, headers.get('link'))
    }
    expect(count).toBe(await expected(endpoint))
  })
})

const cursorIn = (link: string | null) => link && new URL(/<([^>]+)>/.exec(link)![1]!).searchParams.get('cursor')

const rowsOf = (json: Record<string, unknown>): unknown[] => {
  const [rows, ...more] = Object.values(json).filter((value) => Array.isArray(value))
  expect(more).toEqual([])
  return rows as unknown[]
}

const expected = async ({ field }: { field: (typeof lists)[number] }) =>
  (await mine.ids(modelOf(nodeOf(field.type))!)).length
