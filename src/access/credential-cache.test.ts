import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AccessDatabase, accessDatabase } from '../../test/limits/access-database.ts'
import { type Desk, desk, INVALID, START } from '../../test/limits/desk.ts'
import { insertKey } from '../../test/limits/key-rows.ts'
import { ACCESS_CHANNEL, notifyAccess } from './credential-cache.ts'
import { type Listen, postgresListen } from './listen.ts'
import { mintKey } from './token.ts'

type Rest<F> = F extends (first: never, ...rest: infer R) => unknown ? R : never

describe('remembered credentials', () => {
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

  it('a key used lately is answered at once, for five seconds', async () => {
    const { key } = await makeKey('dashboard')
    await at.as(key)
    at.age = 4999
    expect(at.as(key)).toMatchObject({ kind: 'key' })
    expect(at.lookups).toBe(1)
    at.age = 5000
    expect(at.as(key)).toBeInstanceOf(Promise)
  })

  it('those who ask at the same time share one look-up', async () => {
    const { key } = await makeKey('dashboard')
    await Promise.all(Array.from({ length: 50 }, () => at.as(key)))
    expect(at.lookups).toBe(1)
  })

  it('a remembered key expires, and is refused elsewhere, on the very next use', async () => {
    const { key } = await makeKey('dashboard', {
      expires_at: new Date(START + 1000),
      allowed_cidrs: ['192.0.2.0/24'],
    })
    expect(await at.as(key)).toMatchObject({ kind: 'key' })
    expect(await at.refusal(`Bearer ${key}`, '198.51.100.7')).toEqual(INVALID)
    at.time = START + 1000
    expect(await at.refusal(`Bearer ${key}`)).toEqual(INVALID)
  })

  it('a rotated key works until its overlap ends', async () => {
    const old = mintKey('dashboard')
    const { id } = await makeKey('dashboard', {
      previous_hash: old.hash,
      previous_expires_at: new Date(START + 60_000),
    })
    expect(await at.as(old.key)).toMatchObject({ keyId: id })
    at.time = START + 60_000
    expect(await at.refusal(`Bearer ${old.key}`)).toEqual(INVALID)
    const gone = mintKey('dashboard')
    await makeKey('dashboard', { previous_hash: gone.hash })
    expect(await at.refusal(`Bearer ${gone.key}`)).toEqual(INVALID)
  })

  it.each(['key', 'organization', 'user'] as const)(
    'word of a changed %s is heeded on the next request',
    async (subject) => {
      const made = await makeKey('dashboard')
      const bystander = await makeKey('dashboard')
      await at.as(made.key)
      await at.as(bystander.key)
      await database.query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [made.id])
      at.hear(`${subject}:${{ key: made.id, organization: made.organizationId, user: made.ownerId }[subject]}`)
      expect(await at.refusal(`Bearer ${made.key}`)).toEqual(INVALID)
      expect(at.as(bystander.key)).toMatchObject({ kind: 'key' })
    },
  )

  it('a look-up that a revocation overtakes is not remembered', async () => {
    const made = await makeKey('dashboard')
    at.afterLookup = () => at.hear(`key:${made.id}`)
    await at.as(made.key)
    expect(at.as(made.key)).toBeInstanceOf(Promise)
  })

  it('nothing is remembered while revocations cannot be heard', async () => {
    const made = await makeKey('dashboard')
    await at.as(made.key)
    at.connected(false)
    await at.as(made.key)
    await at.as(made.key)
    expect(at.lookups).toBe(3)
    at.connected(true)
    await at.as(made.key)
    expect(at.as(made.key)).toMatchObject({ kind: 'key' })
  })

  it('another process hears of a revocation, also after its connection broke', async () => {
    const connections: boolean[] = []
    const changes = new EventTarget()
    const real = postgresListen({ connectionString: database.url }, { log: () => {}, retryAfter: () => 1 })
    const watched: Listen = (name, hear, connected) =>
      real(
        name,
        (payload) => {
          hear(payload)
          changes.dispatchEvent(new Event('heard'))
        },
        (up) => {
          connected(up)
          connections.push(up)
          changes.dispatchEvent(new Event(up ? 'up' : 'down'))
        },
      )
    const next = (event: string) => new Promise((resolve) => changes.addEventListener(event, resolve, { once: true }))
    let up = next('up')
    at = desk(database.query, watched)
    await up
    const elsewhere = new pg.Client(database.url)
    await elsewhere.connect()

    up = next('up')
    await elsewhere.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = $1`,
      [`LISTEN "${ACCESS_CHANNEL}"`],
    )
    await up
    expect(connections).toEqual([true, false, true])

    const { key, id } = await makeKey('dashboard')
    await at.as(key)
    expect(at.as(key)).toMatchObject({ kind: 'key' })
    const heard = next('heard')
    await database.query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [id])
    await database.query(notifyAccess, [`key:${id}`])
    await heard
    expect(await at.refusal(`Bearer ${key}`)).toEqual(INVALID)
    await elsewhere.end()
    await at.credentials.close()
  })
})
