import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { restoreBackupRun, startBackup, verifyBackupRun } from '../../src/platform/backups/runs/verbs.ts'
import { MASTER_KEY, type TestApp, tenant, testApp } from '../kit/app.ts'
import { type BackedUp, projectWithTables } from '../kit/backed-up.ts'
import { amongOwnTables, seenOfOwnTables } from '../kit/own-tables.ts'
import { Launched } from './launch.ts'

/** A sign of life of jobs is 15 s, looked at every 10 s. */
const RELEASED = { timeout: 90_000, interval: 100 }
const PATIENCE = { timeout: 30_000, interval: 50 }
const LONG_MS = 180_000

const opened = new AsyncDisposableStack()
let kit: TestApp
let stock: BackedUp
let runId: number

beforeAll(async () => {
  kit = await testApp()
  opened.defer(() => kit.drop())
  const { id } = await tenant(kit.app, 'acme')
  stock = await projectWithTables(kit.app, id)
  await amongOwnTables(kit.app, id, (tx) => tx.$executeRawUnsafe('DROP VIEW shelves'))
})
afterAll(() => opened.disposeAsync())

async function worker(): Promise<Launched> {
  const { databaseUrl, dataDir } = kit.config
  const variables = { DATABASE_URL: databaseUrl!, OPSGRAPH_DATA: dataDir, OPSGRAPH_MASTER_KEY: MASTER_KEY }
  const launched = opened.use(new Launched(['serve', '--json', '--role', 'worker'], variables))
  await launched.told()
  return launched
}

const run = () => stock.ctx.db.backupRun.findFirstOrThrow({ where: { id: runId } })
const become = (expected: object, patience = PATIENCE) =>
  vi.waitFor(async () => expect(await run()).toMatchObject(expected), patience)

const files = async () => {
  const names = await readdir(join(kit.config.dataDir, 'documents'), { recursive: true }).catch(() => [])
  return names.filter((name) => name.includes('/'))
}

const WAITING = `
  SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.datname = current_database()`

/** Holds a table in the way of whoever wants it otherwise, until it is let go. */
async function holding(mode: string) {
  const client = new pg.Client(kit.config.databaseUrl)
  client.on('error', () => {})
  await client.connect()
  const [space] = await kit.app.query<{ schema: string; role: string }>(
    'SELECT schema_name AS schema, role_name AS role FROM managed_space',
    [],
  )
  await client.query(`BEGIN; SET LOCAL ROLE ${space!.role}; LOCK TABLE ${space!.schema}.shelf IN ${mode} MODE`)
  const waited = () => vi.waitFor(async () => expect((await client.query(WAITING)).rowCount).toBe(1), PATIENCE)
  return { waited, letGo: () => client.end() }
}

it(
  'a backup whose worker is killed is made by another one, and no half of it is left',
  async () => {
    runId = (await startBackup(stock.ctx, { projectId: stock.projectId })).id
    const held = await holding('ACCESS EXCLUSIVE')
    const first = await worker()
    await held.waited()
    await become({ status: 'running' })
    await vi.waitFor(
      async () => expect((await files()).filter((name) => name.endsWith('.part'))).toHaveLength(1),
      PATIENCE,
    )
    await first.end('SIGKILL')
    await held.letGo()
    const second = await worker()
    await become({ status: 'succeeded', tablesDone: 3, error: null }, RELEASED)
    expect(await files()).toEqual([expect.stringMatching(/^\d+\/[0-9a-f-]{36}$/)])
    await verifyBackupRun(stock.ctx, runId)
    await become({ verification: 'succeeded' })
    await second.end()
  },
  LONG_MS,
)

it(
  'a restoration whose worker is killed has changed nothing, and is done by another one',
  async () => {
    const before = await seenOfOwnTables(kit.app, stock.ctx.organizationId)
    await amongOwnTables(kit.app, stock.ctx.organizationId, (tx) =>
      tx.$executeRawUnsafe('DELETE FROM box WHERE number > 5'),
    )
    const changed = await seenOfOwnTables(kit.app, stock.ctx.organizationId)
    await restoreBackupRun(stock.ctx, runId, { into: 'same', confirm: 'warehouse' })
    const held = await holding('ACCESS SHARE')
    const first = await worker()
    await held.waited()
    await first.end('SIGKILL')
    await held.letGo()
    expect(await seenOfOwnTables(kit.app, stock.ctx.organizationId)).toEqual(changed)
    await become({ restoration: 'running' })
    await worker()
    await become({ restoration: 'succeeded', restoredProjectId: stock.projectId }, RELEASED)
    expect(await seenOfOwnTables(kit.app, stock.ctx.organizationId)).toEqual(before)
    const left = await kit.app.query("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'restoring%'", [])
    expect([left, await stock.ctx.db.managedTable.count()]).toEqual([[], 3])
  },
  LONG_MS,
)
