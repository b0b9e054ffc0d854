import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type AccessDatabase, accessDatabase } from '../../test/limits/access-database.ts'
import { insertKey } from '../../test/limits/key-rows.ts'
import type { SystemQuery } from '../db/tenant.ts'
import { createUsage, type RequestRow, type Usage } from './usage.ts'

const AT = new Date('2026-05-23T12:00:00Z')
const NEVER = 2 ** 30

describe('usage', () => {
  let database: AccessDatabase
  let broken: Error | undefined
  let statements: number
  let complaints: string[]
  let usage: Usage

  const query: SystemQuery = async (...statement) => {
    statements++
    if (broken) throw broken
    return database.query(...statement)
  }
  const start = (maximum?: number) =>
    createUsage({ query, log: (message) => complaints.push(message), every: NEVER, ...(maximum && { maximum }) })
  const row = (requestId: string, more: Partial<RequestRow> = {}): RequestRow => ({
    ...{ organizationId: 1, apiKeyId: null, userId: null, requestId, method: 'GET', path: '/api/v1/leads' },
    ...{ operation: null, dialect: 'devsphere', status: 200, durationMs: 1.5, cost: 1, address: '192.0.2.1', at: AT },
    ...more,
  })
  const logged = async () =>
    (await database.query<{ name: string }>('SELECT request_id AS name FROM request_log ORDER BY id', [])).map(
      ({ name }) => name,
    )
  const makeKey = async () => (await insertKey(database.query, 'dashboard')).id
  const lastUse = async (id: number) =>
    (
      await database.query('SELECT last_used_at AS at, last_used_address AS address FROM api_key WHERE id = $1', [id])
    )[0]

  beforeAll(async () => {
    database = await accessDatabase()
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    await database.query('DELETE FROM request_log', [])
    broken = undefined
    statements = 0
    complaints = []
    usage = start()
  })

  it('requests are written a hundred at a time, and what keys were used in one statement', async () => {
    const [one, other] = [await makeKey(), await makeKey()]
    for (let i = 0; i < 500; i++) usage.record(row(`r${i}`, { apiKeyId: i % 2 ? one : other }))
    await usage.flush()
    expect(statements).toBe(6)
    expect(await logged()).toHaveLength(500)
    await usage.close()
    expect(statements).toBe(6)
  })

  it('what is recorded while a batch is underway is written when its flush is through', async () => {
    const [one, other] = [await makeKey(), await makeKey()]
    usage.record(row('first', { apiKeyId: one }))
    const underway = usage.flush()
    await Promise.resolve()
    usage.record(row('second', { apiKeyId: other }))
    await usage.flush()
    expect((await lastUse(other))?.at).toEqual(AT)
    expect(await logged()).toEqual(['first', 'second'])
    await underway
    await usage.close()
  })

  it('every column arrives', async () => {
    const full = row('r', { apiKeyId: 7, userId: 8, operation: 'leads', status: 404, cost: 3, durationMs: 2.25 })
    usage.record(full)
    await usage.close()
    const [stored] = await database.query('SELECT * FROM request_log', [])
    expect(stored).toMatchObject({
      ...{ organization_id: 1, api_key_id: 7, user_id: 8, request_id: 'r', method: 'GET', path: '/api/v1/leads' },
      ...{
        operation: 'leads',
        dialect: 'devsphere',
        status: 404,
        duration_ms: 2.25,
        cost: 3,
        address: '192.0.2.1',
        at: AT,
      },
    })
  })

  it.each([
    ['NULL beside what is not', { userId: null, operation: null, dialect: null }],
    ['text beyond ASCII', { path: '/größe/東京/🗼?q=é', operation: 'ü', address: '2001:db8::1' }],
    ['nothing at all', { path: '', operation: '' }],
    ['long paths', { path: `/${'ü'.repeat(3000)}` }],
    ['large numbers', { userId: 2 ** 31 - 1, cost: 1_000_000, durationMs: 86_400_000 }],
    ['times before the year 2000', { at: new Date('1999-12-31T23:59:59.999Z') }],
    ['times of a far future', { at: new Date('2999-01-01T00:00:00.001Z') }],
  ] as [string, Partial<RequestRow>][])('%s arrives as it was', async (_, more) => {
    for (const each of [row('before'), row('r', more), row('after')]) usage.record(each)
    await usage.close()
    const stored = await database.query(
      `SELECT user_id AS "userId", path, operation, cost, duration_ms AS "durationMs", dialect, address, at
        FROM request_log WHERE request_id = 'r'`,
      [],
    )
    expect(stored).toEqual([expect.objectContaining(more)])
    expect(await logged()).toEqual(['before', 'r', 'after'])
  })

  it("a key's last use is the latest one, and never goes back", async () => {
    const apiKeyId = await makeKey()
    usage.record(row('r1', { apiKeyId, at: AT, address: '192.0.2.1' }))
    usage.record(row('r2', { apiKeyId, at: new Date(+AT + 1000), address: '192.0.2.2' }))
    await usage.flush()
    expect(await lastUse(apiKeyId)).toEqual({ at: new Date(+AT + 1000), address: '192.0.2.2' })
    usage.record(row('r0', { apiKeyId, at: AT, address: '192.0.2.3' }))
    await usage.close()
    expect(await lastUse(apiKeyId)).toEqual({ at: new Date(+AT + 1000), address: '192.0.2.2' })
  })

  it('what could not be written is written once the database is back, in order', async () => {
    const apiKeyId = await makeKey()
    broken = new Error('connection refused')
    usage.record(row('r1', { apiKeyId }))
    await expect(usage.flush()).rejects.toThrow('connection refused')
    usage.record(row('r2'))
    await expect(usage.close()).rejects.toThrow('connection refused')
    broken = undefined
    await usage.close()
    expect(await logged()).toEqual(['r1', 'r2'])
    expect(await lastUse(apiKeyId)).toEqual({ at: AT, address: '192.0.2.1' })
  })

  it('a row that cannot be stored does not hold up the others', async () => {
    for (const id of ['r1', 'r2', 'a\0b', 'r3']) usage.record(row(id))
    usage.record(row('r4', { userId: 4 }))
    usage.record(row('r5', { path: '/a\0b' }))
    await usage.close()
    expect(await logged()).toEqual(['r1', 'r2', 'r3', 'r4'])
    expect(complaints).toEqual(['a request could not be logged', 'a request could not be logged'])
  })

  it('closing while a batch is underway loses nothing', async () => {
    usage.record(row('r1'))
    const underway = usage.flush()
    usage.record(row('r2'))
    await Promise.all([underway, usage.close()])
    expect((await logged()).sort()).toEqual(['r1', 'r2'])
  })

  it('memory is bounded while the database is gone: the oldest rows give way, and that is said', async () => {
    usage = start(2000)
    broken = new Error('connection refused')
    for (let i = 0; i < 4500; i++) usage.record(row(`r${i}`))
    broken = undefined
    await usage.close()
    const ids = await logged()
    expect(ids).toHaveLength(1500)
    expect(ids.at(-1)).toBe('r4499')
    expect(complaints).toContain('1000 requests were not logged: too many are waiting')
  })

  it('what keys were used is written every second, however many batches there are', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const asked: (string | undefined)[] = []
      const noted: SystemQuery = async (_text, _values, name) => {
        asked.push(name)
        return []
      }
      const counted = createUsage({ query: noted, log() {} })
      for (let second = 1; second <= 3; second++) {
        for (let i = 0; i < 250; i++) counted.record(row(`r${i}`, { apiKeyId: 1 }))
        await vi.advanceTimersByTimeAsync(1000)
        expect(asked.filter((name) => name === 'key-last-used')).toHaveLength(second)
      }
      await counted.close()
    } finally {
      vi.useRealTimers()
    }
  })
})
