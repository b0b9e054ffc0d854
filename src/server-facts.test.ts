import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type TestApp, tenant, testApp } from '../test/kit/app.ts'
import { fixedClock } from './core/clock.ts'
import { pendingMigrations } from './db/migrate.ts'
import { createChecks, createPulse } from './server-facts.ts'

let kit: TestApp
let time = 0
const now = () => time
beforeEach(async () => {
  kit = await testApp()
  time = 0
})
afterEach(() => kit?.drop())

function checksOf(more: { works?: boolean; clock?: string; look?: () => void } = {}) {
  const { app } = kit
  const { works = false, clock, look } = more
  const pulse = createPulse(now)
  const migrated = async () => {
    const pending = await pendingMigrations(app.databaseUrl)
    if (pending.length) throw new Error(pending.join())
  }
  const query: typeof app.query = (...asked) => {
    look?.()
    return app.query(...asked)
  }
  const checks = createChecks({
    ...app,
    query,
    migrated,
    works,
    pulse,
    now,
    clock: clock ? fixedClock(clock) : app.clock,
  })
  return {
    pulse,
    checks,
    failing: async () =>
      Object.entries(await checks())
        .filter(([, { ok }]) => !ok)
        .map(([name]) => name),
  }
}

async function asOwner(statement: string): Promise<void> {
  const client = new pg.Client(kit.app.databaseUrl)
  await client.connect()
  await client.query(statement).finally(() => client.end())
}

const ALL = ['database', 'migrations', 'jobs', 'storage']

describe('what the server leans on', () => {
  it('is looked at once, however many ask within a second', async () => {
    let looks = 0
    const { checks } = checksOf({
      look: () => {
        looks += 1
      },
    })
    const answers = await Promise.all(Array.from({ length: 200 }, checks))
    for (const answer of answers) expect(Object.keys(answer)).toEqual(ALL)
    expect(looks).toBe(2)
    await checks()
    expect(looks).toBe(2)
    time += 1001
    await checks()
    expect(looks).toBe(4)
  })

  it('is missing where a migration was not applied, or was edited', async () => {
    const { failing } = checksOf()
    const last = '(SELECT max(migration_name) FROM _prisma_migrations)'
    expect(await failing()).toEqual([])
    await asOwner(`UPDATE _prisma_migrations SET checksum = reverse(checksum) WHERE migration_name = ${last}`)
    time += 10_001
    expect(await failing()).toEqual(['migrations'])
    await asOwner(`DELETE FROM _prisma_migrations WHERE migration_name = ${last}`)
    time += 1001
    expect(await failing()).toEqual(['migrations'])
  })

  it('is missing where the folder of documents cannot be written to, and there again a second later', async () => {
    const folder = join(kit.config.dataDir, 'documents')
    const { failing } = checksOf()
    expect(await failing()).toEqual([])
    await rm(folder, { recursive: true, force: true })
    await writeFile(folder, 'in the way')
    time += 10_001
    expect(await failing()).toEqual(['storage'])
    await rm(folder)
    time += 1001
    expect(await failing()).toEqual([])
  })

  it('is missing where the database does not answer', async () => {
    const { failing } = checksOf({
      look: () => {
        throw new Error('gone')
      },
    })
    expect(await failing()).toEqual(['database', 'jobs'])
  })
})

describe('jobs', () => {
  const LATER = '2026-05-23T11:45:00Z'

  it('are done by a process that works for as long as it looks for them', async () => {
    const { pulse, failing } = checksOf({ works: true })
    time += 99_000
    expect(await failing()).toEqual([])
    time += 2000
    expect(await failing()).toEqual(['jobs'])
    pulse.beat()
    time += 1001
    expect(await failing()).toEqual([])
  })

  it('are done by somebody where nothing that is due waits for two minutes', async () => {
    const { id } = await tenant(kit.app, 'acme')
    const state = (more: string) =>
      kit.app.query(`UPDATE job SET ${more} WHERE organization_id = $1 RETURNING id`, [id])
    await kit.app.query(
      `INSERT INTO job (organization_id, name, max_attempts, request_id, created_at) VALUES ($1, 'vault.check-breaches', 3, 'test', '2026-05-23T11:42:00Z')`,
      [id],
    )
    const { failing } = checksOf({ clock: LATER })
    expect(await failing(), 'the process is new').toEqual([])
    time += 121_000
    expect(await failing()).toEqual(['jobs'])
    const next = () => {
      time += 1001
      return failing()
    }
    await state(`run_at = '2026-05-23T11:44:30Z'`)
    expect(await next(), 'it is not due for long').toEqual([])
    await state(`run_at = NULL, handed_over = true`)
    expect(await next(), 'a worker has it').toEqual([])
  })
})
