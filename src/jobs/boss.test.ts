import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestApp, testApp } from '../../test/kit/app.ts'

let kit: TestApp
beforeAll(async () => {
  kit = await testApp()
})
afterAll(() => kit?.drop())

it('the queue’s tables are those of the installed pg-boss; another version takes a migration', async () => {
  const path = createRequire(import.meta.url)
    .resolve('pg-boss')
    .replace(/dist\/index\.js$/, 'package.json')
  const { pgboss } = JSON.parse(await readFile(path, 'utf8')) as { pgboss: { schema: number } }
  expect(await kit.app.query('SELECT version FROM pgboss.version', [])).toEqual([{ version: pgboss.schema }])
})

it('belong to the server’s own role, and the application’s may not even enter', async () => {
  const [rights] = await kit.app.query(
    `SELECT has_schema_privilege('opsgraph_app', 'pgboss', 'USAGE') AS enters,
       array_agg(DISTINCT pg_get_userbyid(relowner)::text) AS owners,
       bool_or(has_table_privilege('opsgraph_app', oid, 'SELECT, INSERT, UPDATE, DELETE')) AS touches
     FROM pg_class WHERE relnamespace = 'pgboss'::regnamespace AND relkind IN ('r', 'p')`,
    [],
  )
  expect(rights).toEqual({ enters: false, owners: ['opsgraph_system'], touches: false })
})
