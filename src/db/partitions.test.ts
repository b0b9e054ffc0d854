import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/kit/database.ts'
import { migrationDrift } from './migrate-plan.ts'
import { dropPartitions, makePartitions } from './partitions.ts'

const NOW = new Date('2026-01-31T23:59:59Z')

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await testDatabase()
  client = new pg.Client(database.url)
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await database?.drop()
})

const partitions = async () => {
  const { rows } = await client.query(
    `SELECT inhrelid::regclass::text AS name, pg_get_expr(relpartbound, pg_class.oid) AS bounds, relrowsecurity AND relforcerowsecurity AS walled,
       (SELECT count(*)::int FROM pg_policy WHERE polrelid = pg_class.oid) AS policies
     FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = 'monitor_check'::regclass ORDER BY 1`,
  )
  return rows
}
const names = async () => (await partitions()).map(({ name }) => name)

it('months are made ahead, each behind the wall of its table, however many make them', async () => {
  await Promise.all([makePartitions(database.url, NOW), makePartitions(database.url, NOW)])
  await makePartitions(database.url, NOW)
  const made = await partitions()
  expect(made.map(({ name }) => name)).toEqual(
    ['2025_12', '2026_01', '2026_02', '2026_03', '2026_04'].map((month) => `monitor_check_${month}`),
  )
  expect(made.every(({ walled, policies }) => walled && policies === 2)).toBe(true)
  await client.query("SET TimeZone = 'UTC'")
  expect((await partitions())[1].bounds).toBe(
    "FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-02-01 00:00:00+00')",
  )
})

it('what is older than the months that are kept is dropped', async () => {
  const later = new Date('2026-05-01T00:00:00Z')
  await makePartitions(database.url, later)
  expect(await dropPartitions(database.url, later, 3)).toEqual(['monitor_check_2025_12', 'monitor_check_2026_01'])
  expect(await dropPartitions(database.url, later, 3)).toEqual([])
  expect(await names()).toEqual(
    ['02', '03', '04', '05', '06', '07', '08'].map((month) => `monitor_check_2026_${month}`),
  )
})

it('partitions are no difference to what the schema files say', async () => {
  expect(await migrationDrift(database.url)).toBe('')
})
