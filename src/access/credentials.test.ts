import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AccessDatabase, accessDatabase } from '../../test/limits/access-database.ts'
import { type Desk, desk, HERE, INVALID, START } from '../../test/limits/desk.ts'
import { insertKey } from '../../test/limits/key-rows.ts'
import { AppError } from '../core/errors.ts'
import { createAttempts } from './attempts.ts'
import { memoryBuckets } from './buckets/memory.ts'
import { createCredentials } from './credentials.ts'
import type { Listen } from './listen.ts'
import { mintKey, parseToken } from './token.ts'

type Rest<F> = F extends (first: never, ...rest: infer R) => unknown ? R : never

describe('credentials', () => {
  let database: AccessDatabase
  let at: Desk
  const makeKey = (...args: Rest<typeof insertKey>) => insertKey(database.query, ...args)

  beforeAll(async () => {
    database = await accessDatabase()
  })
  afterAll(() => database.drop())
  beforeEach(() => {
    at = desk(database.query)
  })

  it('a dashboard key stands for its organization with its bundles of scopes', async () => {
    const made = await makeKey('dashboard', { scopes: ['apps', 'security'], name: 'SOC2 platform' })
    expect(await at.as(made.key)).toEqual({
      ...{
        kind: 'key',
        keyId: made.id,
        family: 'dashboard',
        name: 'SOC2 platform',
        organizationId: made.organizationId,
        organizationSlug: expect.any(String),
        organizationName: expect.any(String),
      },
      ...{ ownerId: made.ownerId, ownerRole: 'owner', createdBy: made.createdBy },
      ...{ scopes: ['apps', 'security'], isAdmin: false },
      permissions: new Set(['apps:read', 'findings:read']),
      ...{ bucketKey: `key:${made.id}`, bucket: { capacity: 100, refillPerSecond: 1 } },
    })
  })

  it('a key of its own bucket has that one', async () => {
    const { key } = await makeKey('devsphere', { bucket_capacity: 7, bucket_refill_per_second: '0.25' })
    expect((await at.as(key)).bucket).toEqual({ capacity: 7, refillPerSecond: 0.25 })
  })

  it('no key does what its owner may not do now', async () => {
    const narrow = await makeKey('devsphere', { scopes: ['leads:write', 'webhooks:manage'] }, 'readonly')
    expect((await at.as(narrow.key)).permissions).toEqual(new Set(['leads:read']))
    const admin = await makeKey('dashboard', { is_admin: true }, 'editor')
    expect((await at.as(admin.key)).permissions.has('keys:manage')).toBe(false)
    expect((await at.as(admin.key)).permissions.has('leads:write')).toBe(true)
  })

  it('a ClientSt0r key without scopes does what its person may do', async () => {
    const { key } = await makeKey('clientst0r', {}, 'readonly')
    const { permissions } = await at.as(key)
    expect(permissions.has('assets:read')).toBe(true)
    expect(permissions.has('assets:write')).toBe(false)
  })

  it('no credentials at all is told apart from bad ones', async () => {
    for (const nothing of [undefined, '', '   '])
      expect(await at.refusal(nothing)).toMatchObject({ code: 'UNAUTHENTICATED' })
    for (const bad of ['Bearer', 'Bearer x', 'Basic dTpw', 'Bearer a b']) expect(await at.refusal(bad)).toEqual(INVALID)
    expect(at.lookups).toBe(0)
  })

  it("unknown, revoked, expired and misplaced keys, and a disabled person's, get one answer by one path", async () => {
    const disabled = await makeKey('dashboard')
    await database.query(`UPDATE app_user SET status = 'disabled' WHERE id = $1`, [disabled.ownerId])
    const bad = [
      mintKey('dashboard'),
      await makeKey('dashboard', { revoked_at: new Date(START) }),
      await makeKey('dashboard', { expires_at: new Date(START) }),
      await makeKey('dashboard', { allowed_cidrs: ['198.51.100.0/24'] }),
      disabled,
    ]
    for (const { key } of bad) {
      at.lookups = 0
      expect(await at.refusal(`Bearer ${key}`)).toEqual(INVALID)
      expect(at.lookups).toBe(1)
    }
  })

  it('whoever showed a key is known by its hash, for as long as the key is good', async () => {
    const made = await makeKey('dashboard', { allowed_cidrs: ['192.0.2.0/24'] })
    const { hash } = parseToken(made.key)!
    const resumed = async (address = HERE) => at.credentials.resume(hash, address)
    expect(await resumed()).toMatchObject({ keyId: made.id })
    await expect(resumed('198.51.100.1')).rejects.toMatchObject(INVALID)
    await database.query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [made.id])
    at.hear(`key:${made.id}`)
    await expect(resumed()).rejects.toMatchObject(INVALID)
  })

  it('a hash is no key, not even while its owner is looked up by it', async () => {
    const { hash } = parseToken((await makeKey('dashboard')).key)!
    const text = hash.toString('base64')
    const resumed = at.credentials.resume(hash, HERE)
    for (const bearer of [text, `hash ${text}`, `#${text}`])
      expect(await at.refusal(`Bearer ${bearer}`)).toEqual(INVALID)
    await resumed
  })

  it('a revoked key is refused in the time of one that never was', async () => {
    const revoked = await makeKey('dashboard', { revoked_at: new Date(START) })
    const times: Record<'revoked' | 'unknown', number[]> = { revoked: [], unknown: [] }
    for (let i = 0; i < 500; i++) {
      for (const [kind, { key }] of Object.entries({ revoked, unknown: mintKey('dashboard') })) {
        const started = performance.now()
        await at.refusal(`Bearer ${key}`)
        times[kind as keyof typeof times].push(performance.now() - started)
      }
    }
    const median = (all: number[]) => all.sort((a, b) => a - b)[250]!
    const ratio = median(times.revoked) / median(times.unknown)
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.25)
  })

  it('a refusal holds nothing of the key, not even in its stack', async () => {
    const { key } = mintKey('devsphere')
    const error = await Promise.resolve(at.as(key)).catch((cause: Error) => cause)
    expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain(key.slice(4, 20))
  })
})

describe('failures', () => {
  const deaf: Listen = () => ({ close: async () => {} })
  function failing(query: () => Promise<never[]>) {
    const credentials = createCredentials({
      query,
      clock: { now: () => new Date(START) },
      listen: deaf,
      attempts: createAttempts(memoryBuckets({ now: () => 0 }), { capacity: 5, refillPerSecond: 1 }),
    })
    return async () => {
      try {
        await credentials.authenticate(`Bearer ${mintKey('dashboard').key}`, HERE)
        return 'valid'
      } catch (error) {
        return error instanceof AppError ? error.code : (error as Error).message
      }
    }
  }

  it('from one address are looked into up to its limit, however many come at once', async () => {
    let asked = 0
    const attempt = failing(async () => {
      asked++
      return []
    })
    const outcomes = await Promise.all(Array.from({ length: 40 }, attempt))
    expect(asked).toBe(5)
    expect(outcomes.filter((code) => code === 'INVALID_TOKEN')).toHaveLength(5)
    expect(outcomes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(35)
  })

  it('of the database are not held against the caller', async () => {
    const attempt = failing(() => Promise.reject(new Error('connection refused')))
    for (let i = 0; i < 20; i++) expect(await attempt()).toBe('connection refused')
  })
})
