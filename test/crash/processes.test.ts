import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caller } from './caller.ts'
import type { Order, Outcome } from './overload-client.ts'
import { redisAbsent } from './redis.ts'
import { TwoServers } from './two-servers.ts'
import { ask } from './written.ts'

const CLIENT = join(import.meta.dirname, 'overload-client.ts')
const BUCKET = { capacity: 30, refillPerSecond: 3 }
const SECONDS = 2
const OVERLOAD = 4
const REPEATS = 10
/** News travel beside the requests: on a busy machine they may come after one. */
const HEARD = { timeout: 1_000, interval: 5 }

async function loader(order: Order): Promise<ChildProcess> {
  const child = fork(CLIENT)
  child.send(order)
  await once(child, 'message')
  return child
}

async function go(child: ChildProcess): Promise<Outcome> {
  const answer = once(child, 'message')
  child.send('go')
  return (await answer)[0] as Outcome
}

const statuses = (...calls: Promise<{ status: number }>[]) =>
  Promise.all(calls).then((answers) => answers.map(({ status }) => status))

const me = (caller: Caller) => caller.call('/api/v1/me')

const STORES = [
  { store: 'PostgreSQL', absent: undefined, redis: false },
  { store: 'Redis', absent: redisAbsent, redis: true },
]

for (const { store, absent, redis } of STORES)
  describe.skipIf(absent)(`two servers that count in ${store}${absent ? ` (${absent})` : ''}`, () => {
    const two = new TwoServers()
    beforeAll(() => two.open(redis))
    afterAll(() => two.close())

    it('4× overload from two processes admits what the bucket holds and refills, no more and hardly less', async () => {
      const { capacity, refillPerSecond } = BUCKET
      const { key } = await two.minted(capacity, refillPerSecond)
      const perSecond = (OVERLOAD * (capacity / SECONDS + refillPerSecond)) / 2
      const order = { key, perSecond, milliseconds: SECONDS * 1000 }
      const loaders = await Promise.all(two.servers.map(({ url }) => loader({ ...order, url })))
      const outcomes = await Promise.all(loaders.map(go))
      const started = Math.min(...outcomes.map(({ startedAt }) => startedAt))
      const seconds = (Math.max(...outcomes.map(({ endedAt }) => endedAt)) - started + 1) / 1000
      const bound = capacity + Math.floor(refillPerSecond * seconds)
      const all = outcomes.flatMap((outcome) => outcome.statuses)
      const admitted = all.filter((status) => status === 200).length
      expect(new Set(all)).toEqual(new Set([200, 429]))
      expect(admitted).toBeLessThanOrEqual(bound)
      expect(admitted).toBeGreaterThanOrEqual(bound - 2)
    })

    it('a key revoked in one process fails on the next request in both', async () => {
      for (let repeat = 0; repeat < REPEATS; repeat += 1) {
        const { id, key } = await two.minted()
        const [here, there] = [two.at(0, key), two.at(1, key)]
        expect(await statuses(me(here), me(there))).toEqual([200, 200])
        const { json } = await two.at(0).graphql(`mutation { revokeApiKey(id: ${id}) { revokedAt } }`)
        expect(json).toEqual({ data: { revokeApiKey: { revokedAt: expect.any(String) } } })
        expect((await me(here)).status).toBe(401)
        expect((await me(there)).status).toBe(401)
      }
    })

    it('a changed role holds in both when they have heard', async () => {
      const { ownerId, key } = await two.minted()
      const create = (which: 0 | 1) => two.at(which, key).post('/api/assets/', { name: 'role', asset_type: 'server' })
      expect(await statuses(create(0), create(1))).toEqual([201, 201])
      const client = new pg.Client(two.url)
      await client.connect()
      await client.query('SET ROLE opsgraph_system')
      await client.query("UPDATE membership SET role = 'readonly' WHERE user_id = $1", [ownerId])
      await client.query("SELECT pg_notify('opsgraph_access', $1)", [`user:${ownerId}`])
      await client.end()
      await expect.poll(() => statuses(create(0), create(1)), HEARD).toEqual([403, 403])
    })

    it('an Idempotency-Key used in one process is honoured in the other', async () => {
      const name = `once-${store}`
      const key = { 'idempotency-key': randomUUID() }
      const create = (which: 0 | 1, body: object) => two.at(which).post('/api/assets/', body, key)
      const first = await create(0, { name, asset_type: 'server' })
      const again = await create(1, { name, asset_type: 'server' })
      expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
      expect(again.headers['idempotent-replayed']).toBe('true')
      expect((await create(1, { name: 'other', asset_type: 'server' })).status).toBe(422)
      expect(await ask(two.url, 'SELECT count(*)::int AS n FROM asset WHERE name = $1', [name])).toEqual([{ n: 1 }])
    })

    it('twins sent to both at once are executed once', async () => {
      const key = { 'idempotency-key': randomUUID() }
      const name = `twin-${store}`
      const create = (n: number) => two.at((n % 2) as 0 | 1).post('/api/assets/', { name, asset_type: 'server' }, key)
      const seen = new Set(await statuses(...Array.from({ length: 10 }, (_, n) => create(n))))
      expect(seen.has(201)).toBe(true)
      expect([...seen].filter((status) => status !== 201 && status !== 409)).toEqual([])
      expect(await ask(two.url, 'SELECT count(*)::int AS n FROM asset WHERE name = $1', [name])).toEqual([{ n: 1 }])
    })
  })
