import { parse } from 'graphql'
import { beforeAll, expect, it } from 'vitest'
import { testServer } from '../kit/server.ts'
import { Oracle } from './oracle.ts'

const server = testServer()
let oracle: Oracle
beforeAll(async () => {
  oracle = await Oracle.of(server)
})

const COMPILED: [string, string][] = [
  [
    'leads with their owner and client',
    'leads(first: 5, filter: {score: {gte: 10}}, orderBy: {field: SCORE, direction: DESC}) { nodes { id name status owner { displayName email role } client { id name } } totalCount }',
  ],
  [
    'invoices with their client, lines and payments',
    'invoices(first: 3) { nodes { number status total issuedOn client { name } lines { position quantity unitPrice } payments { amount method paidOn } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }',
  ],
  [
    'apps with their open findings',
    'apps { edges { cursor node { name openFindingCount findings(first: 2) { nodes { title } totalCount } } } }',
  ],
  ['deployments', 'deployments(search: "a") { nodes { appName app { slug } droplet { name region } createdAt } }'],
  [
    'findings',
    'findings(filter: {state: {eq: OPEN}}) { nodes { title severity state app { name } dueAt } totalCount }',
  ],
  ['an asset', 'asset(id: 1) { name tags { name color } createdByName organizationName customFields }'],
  ['notes with their authors', 'notes { nodes { title tags authorName author { displayName } updatedAt } }'],
  ['the next page', 'leads(first: 2, offset: 2) { nodes { id } pageInfo { endCursor hasPreviousPage } }'],
  ['keys that a statement uses itself', 'tags { nodes { r: name s: slug p: id n: color t1: createdAt } }'],
  ['a selection of which nothing is left below the root', 'tags(first: 2) { nodes { id @skip(if: true) } }'],
]

it.each(COMPILED)('%s: one statement, the executor’s answer', async (_what, selection) => {
  expect(await oracle.compare(parse(`{ ${selection} }`), {}, oracle.full)).toBeDefined()
})

const LEFT: [string, string][] = [
  ['a row that is not there', 'lead(id: 2000000000) { id }'],
  ['keys, of which a caller may see some', 'apiKeys { nodes { name } }'],
  ['a number that its column cannot hold', 'leads(filter: {score: {gt: 2147483647}}) { totalCount }'],
  ['a selection of which nothing is left', 'tags @skip(if: true) { totalCount }'],
  ['a page beyond the limit', 'tags(first: 201) { totalCount }'],
]

it.each(LEFT)('%s: left to the executor', async (_what, selection) => {
  expect(await oracle.compare(parse(`{ ${selection} }`), {}, oracle.full)).toBeUndefined()
})

it('a variable that is null and one that is left out make two statements', async () => {
  const document = parse('query ($first: Int = 2) { tags(first: $first) { nodes { id } } }')
  const { length } = nodesOf(await oracle.compare(document, {}, oracle.full))
  expect(length).toBe(2)
  expect(nodesOf(await oracle.compare(document, { first: null }, oracle.full)).length).toBeGreaterThan(2)
})

it('a number that JSON has no word for is not one that is null, however often either was asked for', async () => {
  const document = parse('query ($first: Int) { tags(first: $first) { nodes { id } } }')
  for (const _ of [1, 2]) {
    expect(nodesOf(await oracle.compare(document, { first: 2 }, oracle.full))).toHaveLength(2)
    expect(nodesOf(await oracle.compare(document, { first: null }, oracle.full)).length).toBeGreaterThan(2)
    expect(await oracle.compare(document, { first: Number.POSITIVE_INFINITY }, oracle.full)).toBeUndefined()
  }
})

it('a page follows a row in a list ordered by a boolean', async () => {
  const document = parse(
    'query ($after: String) { assets(first: 200, after: $after, orderBy: [{field: IS_ACTIVE}]) { totalCount edges { cursor } } }',
  )
  const { assets } = (await oracle.compare(document, {}, oracle.full)) as { assets: { edges: { cursor: string }[] } }
  const next = await oracle.compare(document, { after: assets.edges[0]!.cursor }, oracle.full)
  expect(next).toEqual({ assets: { ...assets, edges: assets.edges.slice(1) } })
})

const nodesOf = (data: unknown): unknown[] => (data as { tags: { nodes: unknown[] } }).tags.nodes
