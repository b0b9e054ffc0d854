import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../kit/database.ts'
import { Caller } from './caller.ts'
import { dataFolder } from './folder.ts'
import { found, type Launched, makeKey, onDatabase, serve, type Variables } from './launch.ts'
import { OwnRedis, redisAbsent } from './redis.ts'

const CAPACITY = 20
const BACK_WITHIN_MS = 5_000
const IN_TIME_MS = 1_500

describe.skipIf(redisAbsent)(`Redis is killed under a server${redisAbsent ? ` (${redisAbsent})` : ''}`, () => {
  const opened = new AsyncDisposableStack()
  let redis: OwnRedis
  let variables: Variables
  let server: Launched
  let caller: Caller

  beforeAll(async () => {
    redis = opened.use(await OwnRedis.make())
    const folder = opened.use(await dataFolder())
    const database = await testDatabase()
    opened.defer(() => database.drop())
    variables = onDatabase(database.url, folder.path, { REDIS_URL: redis.url, LOG_LEVEL: 'warn' })
    await found(variables)
    const slow = ['--bucket-capacity', String(CAPACITY), '--bucket-refill', '0.001']
    const { secret } = await makeKey(variables, 'acme', slow)
    server = opened.use(await serve(variables))
    caller = opened.use(new Caller(server.url, secret))
  })
  afterAll(() => opened.disposeAsync())

  const left = async (): Promise<number> => Number((await caller.call('/api/v1/me')).headers['x-ratelimit-remaining'])

  it('requests go on with a bucket of the process, and an alarm is logged', async () => {
    expect([await left(), await left()]).toEqual([CAPACITY - 1, CAPACITY - 2])
    await redis.kill()
    const { status, took, headers } = await caller.call('/api/v1/me')
    expect([status, headers['x-ratelimit-remaining']]).toEqual([200, String(CAPACITY - 1)])
    expect(took).toBeLessThan(IN_TIME_MS)
    await expect.poll(() => server.out).toContain('the shared bucket store is gone')
  })

  it('the bucket of the process is exact too: it admits its capacity and no more', async () => {
    const answers = await Promise.all(Array.from({ length: CAPACITY * 2 }, () => caller.call('/api/v1/me')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(CAPACITY - 1)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(CAPACITY + 1)
  })

  it('the shared buckets are used again once Redis is back', async () => {
    await redis.start()
    await expect.poll(left, { timeout: BACK_WITHIN_MS, interval: 100 }).toBeGreaterThan(0)
    await expect.poll(() => server.out).toContain('the shared bucket store is back')
    expect(server.child.exitCode).toBe(null)
  })
})
