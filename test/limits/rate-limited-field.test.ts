import { randomBytes } from 'node:crypto'
import { type ExecutionResult, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString, graphql } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hitsWithFallback } from '../../src/access/hits/fallback.ts'
import type { HitStore } from '../../src/access/hits/hit.ts'
import { limitField } from '../../src/access/rate-limited-field.ts'
import { type HitHarness, hitHarnesses } from './hit-harness.ts'

type Ctx = { hits: HitStore }
type Args = { email: string }

const limited = limitField<Ctx, Args>({ window: 60, max: 5, identity: (_ctx, { email }) => `account:${email}` })

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      login: {
        type: GraphQLString,
        args: { email: { type: new GraphQLNonNull(GraphQLString) } },
        resolve: limited((_root: unknown, { email }) => `welcome ${email}`),
      },
    },
  }),
})

const login = (hits: HitStore, email: string): Promise<ExecutionResult> =>
  graphql({
    schema,
    source: 'query ($email: String!) { login(email: $email) }',
    variableValues: { email },
    contextValue: { hits } satisfies Ctx,
  }) as Promise<ExecutionResult>

const admitted = (answers: ExecutionResult[]) => answers.filter(({ data }) => data?.login).length

function limits(harness: HitHarness) {
  let hits: HitStore
  const fresh = () => `${randomBytes(6).toString('hex')}@example.com`
  beforeAll(async () => {
    hits = await harness.open()
  })
  afterAll(() => harness.close())

  it('50 concurrent calls of a field limited to 5 admit exactly 5', async () => {
    const email = fresh()
    const answers = await Promise.all(Array.from({ length: 50 }, () => login(hits, email)))
    expect(admitted(answers)).toBe(5)
    const refused = answers.find(({ errors }) => errors)
    expect(refused?.errors?.[0]?.originalError).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfter: 60 } })
  })

  it('identities are counted apart', async () => {
    await Promise.all(Array.from({ length: 6 }, () => login(hits, fresh())))
    expect((await login(hits, fresh())).data).toBeTruthy()
  })

  it('a refused call does not prolong the wait: after Retry-After the field answers again, as often as it said', async () => {
    const email = fresh()
    for (let i = 0; i < 9; i++) await login(hits, email)
    await harness.advance(59)
    expect(admitted([await login(hits, email)])).toBe(0)
    await harness.advance(1)
    expect(admitted(await Promise.all(Array.from({ length: 10 }, () => login(hits, email))))).toBe(5)
  })

  it('the window slides: only hits older than it make room', async () => {
    const key = fresh()
    const limit = { max: 2, windowSeconds: 60 }
    expect(await hits.record(key, limit)).toEqual({ earlier: 0, retryAfter: 0 })
    await harness.advance(40)
    expect(await hits.record(key, limit)).toEqual({ earlier: 1, retryAfter: 0 })
    expect(await hits.record(key, limit)).toEqual({ earlier: 2, retryAfter: 20 })
    await harness.advance(20)
    expect(await hits.record(key, limit)).toEqual({ earlier: 1, retryAfter: 0 })
    expect(await hits.record(key, limit)).toEqual({ earlier: 2, retryAfter: 40 })
  })
}

for (const harness of hitHarnesses) {
  const title = `a limited field counted in ${harness.name}${harness.absent ? ` (${harness.absent})` : ''}`
  describe.skipIf(harness.absent)(title, () => limits(harness))
}

describe('a limited field whose counters are gone', () => {
  const gone: HitStore = { record: () => Promise.reject(new Error('connection refused')) }
  const quiet = { log: () => {} }

  it('is counted by the second store', async () => {
    const [memory] = hitHarnesses
    const hits = hitsWithFallback(gone, await memory!.open(), quiet)
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(hits, 'ada@example.com')))
    expect(admitted(answers)).toBe(5)
  })

  it('is refused when there is no second store either', async () => {
    const { errors } = await login(hitsWithFallback(gone, gone, quiet), 'ada@example.com')
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'UNAVAILABLE' })
  })
})
