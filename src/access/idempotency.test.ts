import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AccessDatabase, accessDatabase } from '../../test/limits/access-database.ts'
import {
  type Begun,
  type Claim,
  claimOrReplay,
  createIdempotency,
  type Idempotency,
  idempotencyKey,
  requestFingerprint,
} from './idempotency.ts'

const BODY = requestFingerprint('POST', '/api/v1/leads', Buffer.from('{"name":"Ada"}'))
const OTHER = requestFingerprint('POST', '/api/v1/leads', Buffer.from('{"name":"Eve"}'))
const CREATED = { status: 201, headers: { location: '/api/v1/leads/1' }, body: Buffer.from('{"id":1}') }

describe('idempotency', () => {
  let database: AccessDatabase
  let idempotency: Idempotency
  let serial = 0
  const freshKey = () => `key ${++serial}`
  const begin = (key: string, fingerprint = BODY, organizationId = 1, actor = 'key:1') =>
    idempotency.begin(organizationId, actor, key, fingerprint)
  const claimOf = (begun: Begun): Claim => {
    if (begun.state !== 'new') throw new Error(`expected a claim, got ${begun.state}`)
    return begun.claim
  }
  const pass = (column: string, key: string, seconds: number) =>
    database.query(`UPDATE idempotency_record SET ${column} = ${column} - $2 * interval '1 second' WHERE key = $1`, [
      key,
      seconds,
    ])

  beforeAll(async () => {
    database = await accessDatabase()
    idempotency = createIdempotency(database.query)
  })
  afterAll(() => database.drop())

  it('the first answer is replayed to the byte', async () => {
    const key = freshKey()
    await idempotency.finish(claimOf(await begin(key)), CREATED)
    expect(await begin(key)).toEqual({ state: 'replay', answer: CREATED })
    expect(await begin(key)).toEqual({ state: 'replay', answer: CREATED })
  })

  it('other parameters under the same key are refused, before and after the answer', async () => {
    const key = freshKey()
    const claim = claimOf(await begin(key))
    expect(await begin(key, OTHER)).toEqual({ state: 'mismatch' })
    await idempotency.finish(claim, CREATED)
    expect(await begin(key, OTHER)).toEqual({ state: 'mismatch' })
  })

  it('of 50 twins at the same time exactly one executes', async () => {
    const key = freshKey()
    const states = (await Promise.all(Array.from({ length: 50 }, () => begin(key)))).map(({ state }) => state)
    expect(states.filter((state) => state === 'new')).toHaveLength(1)
    expect(states.filter((state) => state === 'in-progress')).toHaveLength(49)
  })

  it('twins keep finding an owner while claims are abandoned', async () => {
    const key = freshKey()
    let executed = 0
    const rounds = Array.from({ length: 20 }, async () => {
      const begun = await begin(key)
      if (begun.state !== 'new') return
      executed++
      await idempotency.abandon(begun.claim)
    })
    await Promise.all(rounds)
    expect(executed).toBeGreaterThanOrEqual(1)
    expect((await begin(key)).state).toBe('new')
  })

  it('an answer of the server failing is not kept: the retry executes', async () => {
    const key = freshKey()
    await idempotency.finish(claimOf(await begin(key)), { ...CREATED, status: 503 })
    expect((await begin(key)).state).toBe('new')
  })

  it('a refusal is an answer and is kept', async () => {
    const key = freshKey()
    await idempotency.finish(claimOf(await begin(key)), { ...CREATED, status: 422 })
    expect(await begin(key)).toMatchObject({ state: 'replay', answer: { status: 422 } })
  })

  it('organizations and actors do not share keys', async () => {
    const key = freshKey()
    const states = [await begin(key), await begin(key, BODY, 2), await begin(key, BODY, 1, 'user:1')]
    expect(states.map(({ state }) => state)).toEqual(['new', 'new', 'new'])
  })

  it('a holder that died is succeeded after a minute by the same request only, and by one', async () => {
    const key = freshKey()
    const dead = claimOf(await begin(key))
    await pass('locked_until', key, 59)
    expect((await begin(key)).state).toBe('in-progress')
    await pass('locked_until', key, 1)
    expect((await begin(key, OTHER)).state).toBe('mismatch')
    const states = (await Promise.all(Array.from({ length: 10 }, () => begin(key)))).map(({ state }) => state)
    expect(states.filter((state) => state === 'new')).toHaveLength(1)
    await idempotency.finish(dead, CREATED)
    expect((await begin(key)).state).toBe('in-progress')
  })

  it('after a day the key is free again, for any parameters, and expired answers can be pruned', async () => {
    const [key, kept] = [freshKey(), freshKey()]
    await idempotency.finish(claimOf(await begin(key)), CREATED)
    await idempotency.finish(claimOf(await begin(kept)), CREATED)
    await pass('expires_at', key, 24 * 60 * 60)
    expect((await begin(key, OTHER)).state).toBe('new')
    await pass('expires_at', key, 24 * 60 * 60)
    expect(await idempotency.prune()).toBe(1)
    expect((await begin(kept)).state).toBe('replay')
  })
})

it('a mismatch is unprocessable, a twin a conflict', () => {
  expect(() => claimOrReplay({ state: 'mismatch' })).toThrow(expect.objectContaining({ code: 'UNPROCESSABLE' }))
  expect(() => claimOrReplay({ state: 'in-progress' })).toThrow(expect.objectContaining({ code: 'CONFLICT' }))
  expect(claimOrReplay({ state: 'replay', answer: CREATED })).toMatchObject({ answer: CREATED })
})

it('an Idempotency-Key has 1 to 255 printable characters', () => {
  expect(idempotencyKey(undefined)).toBeUndefined()
  expect(idempotencyKey('x'.repeat(255))).toHaveLength(255)
  for (const bad of ['', 'x'.repeat(256), 'a\0b', 'ключ'])
    expect(() => idempotencyKey(bad)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }))
})

it('method, path and body all count as parameters', () => {
  const body = Buffer.from('{}')
  const prints = [
    requestFingerprint('POST', '/a', body),
    requestFingerprint('PUT', '/a', body),
    requestFingerprint('POST', '/b', body),
    requestFingerprint('POST', '/a', Buffer.from('{} ')),
  ]
  expect(new Set(prints.map((print) => print.toString('hex'))).size).toBe(4)
})
