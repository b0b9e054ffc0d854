import fc from 'fast-check'
import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { minted } from '../contract/minted.ts'
import { testServer } from '../kit/server.ts'
import { documentOf, type Root, variablesOf } from './arguments.ts'
import { contentType, json, RUNS, rawBody, SEED } from './hostile.ts'
import { type Reply, SLOWEST_MS, Wire } from './wire.ts'

const server = testServer()
let wire: Wire
let schema: GraphQLSchema
beforeAll(async () => {
  const { token } = await minted(server)
  wire = new Wire(server.url, token)
  const { json: told } = await server.graphql(getIntrospectionQuery({ inputValueDeprecation: true }), {}, token)
  schema = buildClientSchema(told.data)
})
afterAll(() => wire?.close())

const tally = new Map<string, number>()
/** Some secrets are shown to nobody who was not approved, and a second factor is taken away by others: whoever asks. */
const APPROVAL =
  /^(Somebody else has to|This credential is shown|One’s own is taken away|This person belongs to other) /
/** Nobody guesses what a person signs in with. */
const GUESSED = /^(The mail address or the password|This refresh token|This invitation|Too many attempts) /
const TYPED = { 'content-type': 'application/json' }

type Told = {
  message: string
  path?: unknown
  extensions: { code: string; status: number; requestId: string; fields?: object }
}

/** Whatever was asked: an answer in time, and errors in one form. */
async function endures(body: string | Buffer, headers: Record<string, string> = TYPED): Promise<Reply> {
  const sent = { method: 'POST', path: '/graphql', headers, body }
  const reply = await wire.send(sent)
  const told = `${reply.status} ${reply.text.slice(0, 500)} for ${body.toString().slice(0, 500)}`
  expect(reply.status, told).toBeLessThan(500)
  expect(await wire.slowness(sent, reply), told).toBeLessThan(SLOWEST_MS)
  for (const { message, extensions } of (reply.json?.errors ?? []) as Told[]) {
    if (!APPROVAL.test(message) && !GUESSED.test(message))
      tally.set(extensions?.code, (tally.get(extensions?.code) ?? 0) + 1)
    expect(extensions, told).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), requestId: reply.requestId })
    expect(extensions.status, told).toBeLessThan(500)
    expect(message.length, told).toBeGreaterThan(0)
  }
  if (reply.json?.data) tally.set('data', (tally.get('data') ?? 0) + 1)
  expect(reply.json?.data !== undefined || reply.json?.errors?.length > 0, told).toBe(true)
  return reply
}

async function property<T>(arbitrary: fc.Arbitrary<T>, runs: number, judge: (value: T) => Promise<unknown>) {
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      await judge(value)
    }),
    { seed: SEED, numRuns: runs * RUNS, endOnFailure: true },
  )
}

const rootsOf = (kind: 'query' | 'mutation'): Root[] =>
  Object.values((kind === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {})

describe('the graph endures', () => {
  it.each(['query', 'mutation'] as const)(
    'arguments of every kind to every %s, and names the one to blame',
    async (kind) => {
      expect(rootsOf(kind).length).toBeGreaterThan(20)
      for (const field of rootsOf(kind).filter(({ args }) => args.length))
        await property(variablesOf(field.args), 25, async (variables) => {
          const body = `{"query":${JSON.stringify(documentOf(kind, field))},"variables":${variables}}`
          const { json: answer } = await endures(body)
          const refusals: Told[] = (answer.errors ?? []).filter(
            ({ extensions }: Told) => extensions.code === 'INVALID_REQUEST',
          )
          const blamed = refusals.flatMap(({ extensions }) => Object.keys(extensions.fields ?? {}))
          if (refusals.length)
            expect(blamed.length, `${refusals[0]?.message} for ${body.slice(0, 500)}`).toBeGreaterThan(0)
        })
    },
    120_000,
  )

  const DOCUMENTS: [string, string][] = [
    ['nothing', ''],
    ['aliases without end', `{ ${Array.from({ length: 50_000 }, (_, i) => `a${i}: __typename`).join(' ')} }`],
    ['one field without end', `{ ${'__typename '.repeat(40_000)} }`],
    ['braces without end', '{'.repeat(100_000)],
    [
      'depth without end',
      `{ leads { nodes { ${'client { leads { nodes { '.repeat(200)} id ${'} } } '.repeat(200)} } } }`,
    ],
    ['a fragment in itself', '{ ...A } fragment A on Query { ...A }'],
    ['fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['fragments that double', doubling(25)],
    ['directives without end', `{ __typename ${'@skip(if: false) '.repeat(3000)} }`],
    ['a wide introspection', `{ __schema { types { ${'fields { type { '.repeat(12)} name ${'} } '.repeat(12)} } } }`],
    ['a deep list literal', `{ leads(filter: {and: ${'['.repeat(2000)}${']'.repeat(2000)}}) { totalCount } }`],
    ['deep filters', `{ leads(filter: ${'{not: '.repeat(500)}{}${'}'.repeat(500)}) { totalCount } }`],
    [
      'a large page of large pages',
      '{ leads(first: 200) { nodes { opportunities(first: 200) { nodes { invoices(first: 200) { nodes { id } } } } } } }',
    ],
    ['a page below nothing', '{ leads(first: -1) { totalCount } }'],
    ['a number without end', `{ leads(first: ${'9'.repeat(5000)}) { totalCount } }`],
    ['a string without end', `{ leads(search: "${'a'.repeat(90_000)}") { totalCount } }`],
    ['NUL', '{ __typename \0 }'],
    ['half of a pair', '{ leads(search: "\\ud800") { totalCount } }'],
    ['two operations', '{ __typename } { __typename }'],
    ['a subscription', 'subscription { x }'],
    ['a type for a query', 'type A { a: Int }'],
    ['comments alone', '#'.repeat(50_000)],
  ]

  it.each(DOCUMENTS)('%s', async (_what, query) => {
    await endures(JSON.stringify({ query }))
  })

  const nested = (levels: number) => `${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`
  const many = (count: number) => Array.from({ length: count }, (_, i) => i).join()
  const LEADS = 'query ($f: LeadFilter) { leads(filter: $f) { totalCount nodes { id } } }'
  const ASSET = 'mutation ($f: JSON) { createAsset(input: {name: "deep", customFields: $f}) { id } }'
  const VARIABLES: [string, string, string][] = [
    ['filters 100 deep', LEADS, nested(100)],
    ['filters 3,000 deep', LEADS, nested(3000)],
    ['filters 10,000 deep', LEADS, nested(10_000)],
    ['10,000 filters', LEADS, `{"or":[${Array.from({ length: 10_000 }, (_, i) => `{"score":{"eq":${i}}}`).join()}]}`],
    ['100,000 filters that are none', LEADS, `{"or":[${many(100_000)}]}`],
    ['100,000 ids', LEADS, `{"clientId":{"in":[${many(100_000)}]}}`],
    ['JSON 10,000 deep', ASSET, `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['JSON with 60,000 keys', ASSET, `{${Array.from({ length: 60_000 }, (_, i) => `"${i}":1`).join()}}`],
  ]

  it.each(VARIABLES)('%s', async (_what, query, value) => {
    await endures(`{"query":${JSON.stringify(query)},"variables":{"f":${value}}}`)
  })

  it('documents of any characters', () =>
    property(
      fc.array(
        fc.constantFrom(
          ...'{}()[]:$@!|&"#,.\\\n\0 _aZ09-é',
          '"""',
          '...',
          'query',
          'mutation',
          'leads',
          'id',
          'on',
          'fragment A',
        ),
        { maxLength: 40 },
      ),
      250,
      (parts) => endures(JSON.stringify({ query: parts.join('') })),
    ))

  it('bodies of any bytes, keys and types', async () => {
    await property(fc.tuple(rawBody, contentType), 80, ([body, type]) => endures(body, { 'content-type': type }))
    const key = fc.constantFrom('query', 'variables', 'operationName', 'extensions', '__proto__', 'id')
    const entries = fc.array(fc.tuple(key, json), { maxLength: 5 })
    await property(entries, 150, (given) =>
      endures(
        `{${[['query', '"{ me { name } }"'], ...given].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`,
      ),
    )
  })
})

function doubling(levels: number): string {
  const one = (i: number) => `fragment F${i} on Query { ${i === levels ? '__typename' : `...F${i + 1} ...F${i + 1}`} }`
  return `{ ...F0 } ${Array.from({ length: levels + 1 }, (_, i) => one(i)).join(' ')}`
}

it('met successes and refusals, and its own key was never the reason', () => {
  for (const word of ['data', 'INVALID_REQUEST', 'NOT_FOUND'])
    expect([word, tally.get(word) ?? 0]).not.toEqual([word, 0])
  for (const word of ['INVALID_TOKEN', 'UNAUTHENTICATED', 'INTERNAL_ERROR', 'FORBIDDEN'])
    expect([word, tally.get(word)]).toEqual([word, undefined])
})

it('still answers afterwards', async () => {
  const { json: answer } = await endures(JSON.stringify({ query: '{ me { name } }' }))
  expect(answer.data.me.name).toBe('contract')
  expect(Object.keys(Object.prototype)).toEqual([])
})
