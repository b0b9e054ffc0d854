import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLimits, type Limits } from '../../src/access/limits.ts'
import { type AccessDatabase, accessDatabase } from './access-database.ts'

const SLOW = { capacity: 3, refillPerSecond: 0.001 }

/** A port that accepts connections and never says a word. */
async function silence(): Promise<{ port: number; server: Server }> {
  const mute = createServer(() => {})
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  return { port: (mute.address() as { port: number }).port, server: mute }
}

describe('while Redis is gone', () => {
  let database: AccessDatabase
  const limits: Limits[] = []
  const start = async (port: number) => {
    const made = await createLimits({
      query: database.query,
      log: () => {},
      redisUrl: `redis://127.0.0.1:${port}`,
      alone: false,
    })
    limits.push(made)
    return made
  }

  beforeAll(async () => {
    database = await accessDatabase()
  })
  afterAll(async () => {
    for (const each of limits) await each.close()
    await database.drop()
  })

  it.each(['refuses connections', 'accepts and is silent'])(
    '(it %s) requests are answered within a second',
    async (how) => {
      const { port, server: mute } = await silence()
      if (how === 'refuses connections') mute.close()
      const { buckets } = await start(port)
      const started = performance.now()
      const answers = []
      for (let i = 0; i < 5; i++) answers.push(await buckets.take('k', SLOW, 1))
      expect(performance.now() - started).toBeLessThan(1000)
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(3)
      mute.close()
    },
  )

  it('buckets admit at most N × capacity, sensitive fields no more than with Redis', async () => {
    const { port, server: mute } = await silence()
    mute.close()
    const two = [await start(port), await start(port)]
    const key = randomBytes(6).toString('hex')
    const all = <T>(ask: (each: Limits) => T) =>
      Promise.all(two.flatMap((each) => Array.from({ length: 20 }, () => ask(each))))
    const taken = await all(({ buckets }) => buckets.take(key, SLOW, 1))
    expect(taken.filter(({ allowed }) => allowed)).toHaveLength(6)
    const hits = await all(({ hits }) => hits.record(key, { max: 5, windowSeconds: 60 }))
    expect(hits.filter(({ retryAfter }) => retryAfter === 0)).toHaveLength(5)
  })
})
