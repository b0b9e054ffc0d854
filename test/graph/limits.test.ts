import { getIntrospectionQuery } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import { createCost, tokensFor } from '../../src/graph/cost.ts'
import { createDocuments } from '../../src/graph/documents.ts'
import { schema } from '../../src/schema.ts'
import { testServer } from '../kit/server.ts'

const server = testServer()
const costOf = createCost(schema)
let key: string
beforeAll(() => {
  key = server.key('Trusted service')
})

const LIMIT_MS = 50
const aliases = (count: number, field = 'health { status }') =>
  `{ ${Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')} }`

/** What an operation costs, or why it is not run at all. */
function costed(text: string, variables: Record<string, unknown> = {}): number | string {
  const { document, errors } = createDocuments(schema).prepare(text)
  if (errors || !document) return errors![0]!.message
  try {
    return costOf(document, document.definitions.find((node) => node.kind === 'OperationDefinition')!, variables)
  } catch (error) {
    return (error as Error).message
  }
}

async function refusedBy(text: string) {
  const { json } = await server.graphql(text, {}, key)
  expect(json.data ?? null).toBeNull()
  const [{ message, extensions }] = json.errors
  return { message: message as string, code: extensions.code as string }
}

/** The quietest of three counts: the others tell of the machine's other work. */
function timed<T>(work: () => T): { took: number; result: T } {
  const runs = Array.from({ length: 3 }, () => {
    const start = performance.now()
    return { result: work(), took: performance.now() - start }
  })
  return runs.toSorted((one, other) => one.took - other.took)[0]!
}

const FLOODS: Record<string, [string, RegExp]> = {
  '50,000 aliases': [aliases(50_000, 'me{name}'), /at most 100000 characters/],
  '10,000 aliases within the length': [`{ ${'a:me{name}'.repeat(9000)} }`, /more than 4000 tokens|token/i],
  'a million brackets': [`{${'['.repeat(1_000_000)}`, /at most 100000 characters/],
  'brackets within the length': [`query ($a: ${'['.repeat(90_000)}`, /token/i],
  'directives without end': [`{ me { name ${'@skip(if:false)'.repeat(6000)} } }`, /token/i],
  'a fragment that contains itself': [
    '{ me { ...A } } fragment A on Me { ...A }',
    /Cannot spread fragment "A" within itself/,
  ],
  'fragments in a circle': [
    '{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }',
    /Cannot spread fragment/,
  ],
  'more root fields than are allowed': [aliases(51), /more than 50 root fields/],
}

describe('before anything runs', () => {
  it.each(Object.entries(FLOODS))(`%s are refused within ${LIMIT_MS} ms`, async (_name, [text, reason]) => {
    createDocuments(schema).prepare('{ me { name } }')
    const { took, result } = timed(() => costed(text))
    expect(result).toMatch(reason)
    expect(took).toBeLessThan(LIMIT_MS)
    const { message, code } = await refusedBy(text)
    expect(code).toBe('INVALID_REQUEST')
    expect(message).toMatch(reason)
  })

  const deep = (levels: number): string =>
    levels ? `client { leads(first: 1) { nodes { ${deep(levels - 1)} } } }` : 'id'

  it('a document that nests too deep is refused with its depth', async () => {
    expect(costed(`{ leads(first: 1) { nodes { ${deep(2)} } } }`)).toBeTypeOf('number')
    expect((await refusedBy(`{ leads(first: 1) { nodes { ${deep(6)} } } }`)).message).toMatch(
      /nests \d+ levels deep; 14 are allowed/,
    )
  })

  it('fragments do not hide depth, root fields or cost', () => {
    expect(costed(`{ leads(first: 1) { nodes { ...A } } } fragment A on Lead { ${deep(6)} }`)).toMatch(/levels deep/)
    const wide = 'clients(first: 200) { nodes { leads(first: 200) { nodes { id } } } }'
    expect(costed(`{ ...A } fragment A on Query { ${wide} }`)).toMatch(/costs \d+/)
    expect(costed(`{ ... on Query { ... on Query { ${wide} } } }`)).toMatch(/costs \d+/)
    expect(costed(`{ ...A } fragment A on Query ${aliases(51, 'apps(first: 200) { nodes { id } }')}`)).toMatch(
      /costs \d+|root fields/,
    )
  })

  it('an operation that costs too much is refused with what it costs', async () => {
    const { message } = await refusedBy('{ clients(first: 200) { nodes { leads(first: 200) { nodes { id } } } } }')
    const [, cost] = /costs (\d+); 10000 are allowed/.exec(message)!
    expect(Number(cost)).toBeGreaterThanOrEqual(40_000)
  })

  it('variables count for what they ask', () => {
    const text = 'query ($n: Int) { clients(first: 100) { nodes { leads(first: $n) { nodes { id } } } } }'
    expect(costed(text, { n: 2 })).toBeLessThan(1000)
    expect(costed(text, { n: 200 })).toMatch(/costs \d+/)
  })

  it('only what is run is paid for, and each operation of a document by itself', () => {
    const big = 'clients(first: 200) { nodes { leads(first: 200) { nodes { id } } } }'
    const { document } = createDocuments(schema).prepare(`query Small { me { name } } query Big { ${big} }`)
    const [small, large] = document!.definitions.filter((node) => node.kind === 'OperationDefinition')
    expect(costOf(document!, small!)).toBeLessThan(10)
    expect(() => costOf(document!, large!)).toThrow(/costs/)
  })
})

describe('the bucket', () => {
  const remaining = async (text: string) => {
    const { headers, json } = await server.graphql(text, {}, key)
    expect(json.errors).toBeUndefined()
    return Number(headers.get('x-ratelimit-remaining'))
  }

  it.each([
    ['a cheap operation', '{ me { name } }'],
    ['a full page', '{ apps(first: 200) { nodes { slug } } }'],
    [
      'pages within a page',
      '{ clients(first: 20) { nodes { leads(first: 20) { nodes { name } } invoices(first: 20) { nodes { number } } } } }',
    ],
    ['introspection', getIntrospectionQuery()],
  ])('%s takes one token per hundred of its cost', async (_name, text) => {
    const cost = costed(text)
    expect(cost).toBeTypeOf('number')
    const before = await remaining('{ me { family } }')
    const after = await remaining(text)
    const taken = Math.max(1, Math.ceil((cost as number) / 100))
    expect(tokensFor(cost as number)).toBe(taken)
    expect(before - after).toBeGreaterThanOrEqual(taken - 1)
    expect(before - after).toBeLessThanOrEqual(taken)
  })

  it('a refused document is paid for as well', async () => {
    const before = await remaining('{ me { family } }')
    const { headers } = await server.graphql('{ nothing }', {}, key)
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThanOrEqual(before)
    expect(before - Number(headers.get('x-ratelimit-remaining'))).toBeLessThanOrEqual(1)
  })
})

describe('errors', () => {
  it.each([
    '{ lead { id } }',
    '{ leeds { nodes { id } } }',
    '{ leads(frist: 1) { nodes { id } } }',
    '{ leads { nodes { nmae } } }',
    '{ leads(filter: { stauts: { eq: NEW } }) { totalCount } }',
    '{ leads(filter: { status: { eq: NWE } }) { totalCount } }',
    'query ($f: LeadFilterr) { leads(filter: $f) { totalCount } }',
    '{ me { ... on Mee { name } } }',
  ])('%s suggests no names', async (text) => {
    const { text: told, json } = await server.graphql(text, {}, key)
    expect(json.errors.length).toBeGreaterThan(0)
    expect(told).not.toMatch(/did you mean/i)
  })

  it('in variables suggest no names either', async () => {
    const { text, json } = await server.graphql(
      'query ($f: LeadFilter) { leads(filter: $f) { totalCount } }',
      { f: { stauts: { eq: 'NEW' } } },
      key,
    )
    expect(json.errors.length).toBeGreaterThan(0)
    expect(text).not.toMatch(/did you mean/i)
  })
})
