import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { beginServing } from './serving.ts'

const HOLDERS = `SELECT pid, objid FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND granted AND application_name = 'opsgraph serving' AND datname = current_database()`
const PATIENCE = { timeout: 10_000, interval: 20 }

type Holder = { pid: number; objid: number }

let database: TestDatabase
let client: pg.Client
const log = vi.fn()

beforeEach(async () => {
  log.mockClear()
  database = await testDatabase()
  client = new pg.Client(database.url)
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

const holders = async () => (await client.query<Holder>(HOLDERS)).rows
const disconnect = (pid: number) => client.query('SELECT pg_terminate_backend($1)', [pid])

test('a server alone keeps a second one out, and several keep one out that would be alone', async () => {
  const alone = await beginServing(database.url, true, log)
  await expect(beginServing(database.url, false, log)).rejects.toThrow('by itself')
  await alone.release()
  const several = [await beginServing(database.url, false, log), await beginServing(database.url, false, log)]
  await expect(beginServing(database.url, true, log)).rejects.toThrow('Another Opsgraph server')
  for (const each of several) await each.release()
  expect(await holders()).toEqual([])
})

test.each([true, false])('a place lost with its connection is taken again (alone: %s)', async (alone) => {
  const serving = await beginServing(database.url, alone, log)
  for (let restart = 0; restart < 2; restart += 1) {
    const [{ pid }] = (await holders()) as [Holder]
    await disconnect(pid)
    await vi.waitFor(async () => {
      const pids = (await holders()).map((holder) => holder.pid)
      expect(pids).toEqual([expect.any(Number)])
      expect(pids).not.toContain(pid)
    }, PATIENCE)
  }
  await expect(beginServing(database.url, !alone, log)).rejects.toThrow('Opsgraph server')
  await serving.release()
  expect(await holders()).toEqual([])
  expect(log).not.toHaveBeenCalled()
})

test('who took the place meanwhile is complained about once, and followed when it leaves', async () => {
  const serving = await beginServing(database.url, true, log)
  const [{ pid, objid }] = (await holders()) as [Holder]
  const other = new pg.Client(database.url)
  await other.connect()
  const queued = other.query('SELECT pg_advisory_lock($1)', [objid])
  await vi.waitFor(async () => {
    const { rowCount } = await client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    expect(rowCount).toBe(1)
  }, PATIENCE)
  await disconnect(pid)
  await queued
  await vi.waitFor(() => expect(log).toHaveBeenCalledOnce(), PATIENCE)
  expect(log).toHaveBeenCalledWith(expect.stringContaining('place was taken while the database was away'))
  await other.end()
  await vi.waitFor(async () => expect(await holders()).toHaveLength(1), PATIENCE)
  expect(log).toHaveBeenCalledOnce()
  await serving.release()
})

test('a server that stops while another has its place leaves nothing behind', async () => {
  const serving = await beginServing(database.url, true, log)
  const [{ pid, objid }] = (await holders()) as [Holder]
  const queued = client.query('SELECT pg_advisory_lock($1)', [objid])
  const other = new pg.Client(database.url)
  await other.connect()
  await other.query('SELECT pg_terminate_backend($1)', [pid])
  await queued
  await vi.waitFor(() => expect(log).toHaveBeenCalledOnce(), PATIENCE)
  await serving.release()
  const { rows } = await other.query(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'opsgraph serving' AND datname = current_database()",
  )
  expect(rows).toEqual([])
  await other.end()
})
