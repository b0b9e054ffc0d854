import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MASTER_KEY, NOON } from '../../test/kit/app.ts'
import { emptyDatabase, type TestDatabase } from '../../test/kit/database.ts'
import { amongOwnTables, makeOwnTables, seenOfOwnTables } from '../../test/kit/own-tables.ts'
import { type App, openApp } from '../app.ts'
import { sealAudit } from '../audit/trail/seal.ts'
import { readConfig } from '../config.ts'
import { migrate, pendingMigrations } from '../db/migrate.ts'
import { readMigrations } from '../db/migrate-folder.ts'
import { TenantPool } from '../db/tenant.ts'
import { createLog } from '../log.ts'
import { runCli } from './run.ts'

/** The demonstration's documents, and the files of its projects' backups. */
const DOCUMENTS = 15
const OTHER_KEY = Buffer.alloc(32, 9).toString('base64')

const opened = new AsyncDisposableStack()
let origin: TestDatabase
let folder: string
let file: string
let backedUp: {
  sha256: string
  rows: number
  tables: number
  documents: number
  bytes: number
  lost: string[]
  leftOut: string[]
}

type Place = { url: string; data?: string; key?: string }

async function run(line: string, { url, data = 'data', key = MASTER_KEY }: Place, more: Record<string, string> = {}) {
  const [out, err]: string[][] = [[], []]
  const terminal = {
    out: (said: string) => void out!.push(said),
    err: (said: string) => void err!.push(said),
    input: async () => '',
  }
  const place = { DATABASE_URL: url, OPSGRAPH_DATA: join(folder, data), OPSGRAPH_MASTER_KEY: key }
  const code = await runCli(line.split(' '), { ...place, OPSGRAPH_CLOCK: NOON, ...more }, terminal)
  return { code, out: out!.join('\n'), err: err!.join('\n') }
}

async function empty(): Promise<TestDatabase> {
  const database = await emptyDatabase()
  opened.defer(() => database.drop())
  return database
}

async function ask(url: string, statement: string): Promise<Record<string, any>[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query('BEGIN; SET LOCAL ROLE opsgraph_system')
    const { rows } = await client.query(statement)
    await client.query('COMMIT')
    return rows
  } finally {
    await client.end()
  }
}

const ROWS = `SELECT (SELECT json_agg(p ORDER BY id) FROM password_entry p) AS vault, (SELECT json_agg(k ORDER BY id) FROM api_key k) AS keys,
  (SELECT json_agg(s ORDER BY organization_id, position) FROM audit_seal s) AS seals, (SELECT count(*) FROM audit_waiting) AS waiting,
  (SELECT json_agg(c ORDER BY id) FROM monitor_check c) AS checks, (SELECT count(*) FROM event) AS events`

/** Walls, triggers and keys, as the catalogue has them. */
const WALLS = `SELECT json_agg(r ORDER BY r::text) AS walls FROM (
    SELECT relname AS what, relrowsecurity::text || relforcerowsecurity AS how FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT tgrelid::regclass || '.' || tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  ) AS r`

/** With the whole application on a database, and the first organization there. */
async function withApp<T>(url: string, work: (app: App, organizationId: number) => Promise<T>): Promise<T> {
  const variables = { DATABASE_URL: url, OPSGRAPH_DATA: join(folder, 'app'), OPSGRAPH_MASTER_KEY: MASTER_KEY }
  const app = await openApp(readConfig(variables), createLog('silent'))
  const [first] = await app.query<{ id: number }>('SELECT min(id) AS id FROM organization', [])
  return work(app, first!.id).finally(() => app.close())
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opsgraph-backup-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  origin = await empty()
  expect((await run('demo', origin)).code).toBe(0)
  const pool = new TenantPool({ connectionString: origin.url })
  await sealAudit(pool).finally(() => pool.end())
  await ask(
    origin.url,
    `INSERT INTO job (organization_id, name, state, max_attempts, attempts, request_id, handed_over)
       SELECT min(id), 'invoices.mark-overdue', 'running', 5, 1, 'before', true FROM organization`,
  )
  await withApp(origin.url, makeOwnTables)
  file = join(folder, 'all.opsgraph')
  const { code, out, err } = await run(`backup ${file} --json`, origin)
  expect([code, err]).toEqual([0, ''])
  backedUp = JSON.parse(out)
})
afterAll(() => opened.disposeAsync())

describe('backup', () => {
  it('writes one file, for its owner alone, and says what is in it', async () => {
    expect(backedUp).toMatchObject({
      file,
      lost: [],
      documents: DOCUMENTS,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(backedUp.rows).toBeGreaterThan(1000)
    const { size, mode } = await stat(file)
    expect([size, mode & 0o777]).toEqual([backedUp.bytes, 0o600])
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('keeps nothing readable, least of all the master key', async () => {
    const bytes = await readFile(file)
    const [organization] = await ask(origin.url, 'SELECT slug FROM organization ORDER BY id LIMIT 1')
    for (const text of [MASTER_KEY, organization!.slug, 'api_key', 'Bearer']) expect(bytes.includes(text)).toBe(false)
    expect(bytes.includes(Buffer.from(MASTER_KEY, 'base64'))).toBe(false)
  })

  it('says which documents have no bytes any more', async () => {
    const [{ key }] = (await ask(
      origin.url,
      'SELECT storage_key AS key FROM document ORDER BY organization_id, id LIMIT 1',
    )) as [{ key: string }]
    const path = join(folder, 'data', 'documents', key)
    await copyFile(path, join(folder, 'aside'))
    await rm(path)
    const { code, out } = await run(`backup ${join(folder, 'lost')} --json`, origin)
    await copyFile(join(folder, 'aside'), path)
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ documents: DOCUMENTS - 1, lost: [key] })])
    expect((await run(`backup verify ${join(folder, 'lost')}`, origin)).code).toBe(0)
  })

  it('of a database without tables is refused', async () => {
    const { code, err } = await run(`backup ${join(folder, 'nothing')}`, await empty())
    expect([code, err]).toEqual([1, 'There is nothing to back up: the database has no tables of Opsgraph.'])
    expect((await readdir(folder)).filter((name) => name.startsWith('nothing'))).toEqual([])
  })
})

describe('restore', () => {
  it('brings back the tables that organizations have of their own', async () => {
    const target = await empty()
    const { code, out } = await run(`restore ${file} --json`, { ...target, data: 'spaces' })
    expect([code, JSON.parse(out).tables]).toEqual([0, backedUp.tables])
    const seen = await withApp(origin.url, seenOfOwnTables)
    expect((seen as unknown[][]).map(({ length }) => length)).toEqual([500, 20, 3, 5, 1])
    expect(await withApp(target.url, seenOfOwnTables)).toEqual(seen)
    const next = (app: App, organizationId: number) =>
      amongOwnTables(app, organizationId, async (tx) => [
        await tx.$queryRawUnsafe("INSERT INTO shelf (name) VALUES ('one more') RETURNING id::int"),
        await tx.$queryRawUnsafe('INSERT INTO box DEFAULT VALUES RETURNING number'),
      ])
    expect(await withApp(target.url, next)).toEqual([[{ id: 501 }], [{ number: 65 }]])
    expect(backedUp.leftOut).toEqual([expect.stringMatching(/^org_\d+\.shelves$/)])
  })

  it('brings everything back into an empty database, walls and all', async () => {
    const target = await empty()
    const { code, out, err } = await run(`restore ${file} --json`, { ...target, data: 'other' })
    expect([code, err]).toEqual([0, expect.stringContaining('comparing what was restored with the backup')])
    const { rows, tables, documents } = backedUp
    expect(JSON.parse(out)).toMatchObject({
      verified: true,
      madeAt: '2026-05-23T11:42:00.000Z',
      rows,
      tables,
      documents,
      lost: [],
    })
    expect(await ask(target.url, ROWS)).toEqual(await ask(origin.url, ROWS))
    expect(await ask(target.url, WALLS)).toEqual(await ask(origin.url, WALLS))

    const names = async (data: string) => (await readdir(join(folder, data, 'documents'), { recursive: true })).sort()
    expect(await names('other')).toEqual(await names('data'))
    for (const name of (await names('other')).filter((each) => each.includes('/')))
      expect(await readFile(join(folder, 'other', 'documents', name))).toEqual(
        await readFile(join(folder, 'data', 'documents', name)),
      )

    const slugs = await ask(target.url, 'SELECT slug FROM organization')
    for (const { slug } of slugs) {
      const verified = await run(`audit verify --organization ${slug}`, { ...target, data: 'other' })
      expect([verified.code, verified.out]).toEqual([0, expect.stringMatching(/^The trail holds: .* 0 not sealed yet/)])
    }
    const [{ slug }] = slugs as [{ slug: string }]
    const made = await run(`keys create --organization ${slug} --family dashboard --name after --admin`, target)
    expect(made.code).toBe(0)
    expect((await run('vault rewrap', target)).code).toBe(0)
  })

  it('hands jobs over again that were not finished', async () => {
    const target = await empty()
    expect((await run(`restore ${file}`, { ...target, data: 'jobs' })).code).toBe(0)
    const statement = `SELECT state, handed_over, attempts, ticket FROM job WHERE request_id = 'before'`
    const [[was], [is]] = [await ask(origin.url, statement), await ask(target.url, statement)]
    expect(is).toMatchObject({ state: 'queued', handed_over: false, attempts: 0 })
    expect(is!.ticket).not.toBe(was!.ticket)
  })

  it('is refused where somebody’s rows are, and names them', async () => {
    const before = await ask(origin.url, ROWS)
    const { code, err } = await run(`restore ${file}`, origin)
    expect(code).toBe(1)
    expect(err).toMatch(/this one has rows in api_key, .* and \d+ more\. Nothing was changed\.$/)
    expect(await ask(origin.url, ROWS)).toEqual(before)
  })

  it('is refused where other tables are', async () => {
    const target = await empty()
    const client = new pg.Client(target.url)
    await client.connect()
    await client.query('CREATE TABLE theirs (id int)')
    await client.end()
    const { code, err } = await run(`restore ${file}`, target)
    expect([code, err]).toEqual([1, expect.stringContaining('has tables that are not Opsgraph’s: theirs.')])
  })

  it('goes on where one was interrupted: tables without rows may be there', async () => {
    const target = await empty()
    expect((await run('migrate', target)).code).toBe(0)
    expect((await run(`restore ${file}`, { ...target, data: 'again' })).code).toBe(0)
  })

  it('finds a turned bit before it changes anything', async () => {
    const bytes = await readFile(file)
    const target = await empty()
    for (let i = 0; i < 40; i += 1) {
      const at = Math.floor((bytes.length * i) / 40)
      const turned = Buffer.from(bytes)
      turned[at]! ^= 4
      await writeFile(join(folder, 'turned'), turned)
      const { code, err } = await run(`restore ${join(folder, 'turned')}`, target)
      expect([code, err]).toEqual([1, expect.stringContaining('The backup is damaged: ')])
    }
    const tables = `SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'`
    const client = new pg.Client(target.url)
    await client.connect()
    expect((await client.query(tables)).rows).toEqual([{ count: 0 }])
    await client.end()
  })

  it('finds a file that was cut off', async () => {
    const target = await empty()
    const cut = join(folder, 'cut')
    await copyFile(file, cut)
    await truncate(cut, backedUp.bytes - 1)
    expect(await run(`restore ${cut}`, target)).toMatchObject({
      code: 1,
      err: expect.stringContaining('it ends too early'),
    })
  })

  it('brings back what an earlier version wrote, and brings it up to date', async () => {
    const [earlier, target] = [await empty(), await empty()]
    const all = (await readMigrations()).map(({ name }) => name)
    await migrate(earlier.url, { only: new Set(all.filter((name) => name < '20261130')) })
    await ask(earlier.url, `INSERT INTO organization (slug, name) VALUES ('early', 'Early')`)
    const old = join(folder, 'earlier')
    expect((await run(`backup ${old}`, earlier)).code).toBe(0)
    const { code, err } = await run(`restore ${old}`, { ...target, data: 'later' })
    expect([code, err]).toEqual([0, expect.stringContaining('applying')])
    expect(await ask(target.url, 'SELECT slug FROM organization')).toEqual([{ slug: 'early' }])
    expect(await pendingMigrations(target.url)).toEqual([])
  })

  it('is refused where the tables are of a later version than the backup', async () => {
    const target = await empty()
    expect((await run('migrate', target)).code).toBe(0)
    const { code, err } = await run(`restore ${join(folder, 'earlier')}`, target)
    expect([code, err]).toEqual([1, expect.stringContaining('is of a newer version than the backup')])
  })

  it('is refused where the backup is of a version to come', async () => {
    const later = await empty()
    expect((await run('migrate', later)).code).toBe(0)
    const client = new pg.Client(later.url)
    await client.connect()
    await client.query(`INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name)
      VALUES ('later', 'c', now(), '29990101000000_later')`)
    await client.end()
    expect((await run(`backup ${join(folder, 'to-come')}`, later)).code).toBe(0)
    const { code, err } = await run(`restore ${join(folder, 'to-come')}`, await empty())
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/does not know \(29990101000000_later\)\. Restore it with that version or a later one\.$/),
    ])
  })

  it('says which master key is needed', async () => {
    const { code, err } = await run(`restore ${file}`, { ...(await empty()), key: OTHER_KEY })
    expect(code).toBe(1)
    expect(err).toMatch(
      /encrypted by the master key [0-9a-f]{16}, and this process was given another one \([0-9a-f]{16}\)/,
    )
    await mkdir(join(folder, 'keyless'))
    const keyless = await run(`restore ${file}`, { url: '', data: 'keyless', key: '' })
    expect([keyless.code, keyless.err]).toEqual([
      1,
      expect.stringContaining('The master key of the installation is needed'),
    ])
    expect(await readdir(join(folder, 'keyless'))).toEqual([])
  })

  it('opens with the key before a rotation', async () => {
    const more = { OPSGRAPH_PREVIOUS_MASTER_KEY: MASTER_KEY }
    expect((await run(`backup verify ${file}`, { ...origin, key: OTHER_KEY }, more)).code).toBe(0)
  })

  it('of a file that is not there is not begun', async () => {
    const { code, err } = await run('restore /nowhere/at/all', await empty())
    expect([code, err.split('\n').at(-1)]).toEqual([1, 'There is no file /nowhere/at/all.'])
  })
})

describe('backup verify', () => {
  const databases = async () =>
    (await ask(origin.url, `SELECT datname FROM pg_database WHERE datname ~ '^opsgraph_verify_'`)).length

  it('restores into a database of its own, and leaves nothing behind', async () => {
    const before = await ask(origin.url, ROWS)
    const { code, out } = await run(`backup verify ${file}`, { ...origin, data: 'unused' })
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^Verified: [\d,]+ rows of \d+ tables and 15 files, .* can be brought back\.$/),
    ])
    expect(await ask(origin.url, ROWS)).toEqual(before)
    expect((await readdir(folder)).includes('unused')).toBe(false)
    expect(await databases()).toBe(0)
  })

  it('fails where the file is damaged', async () => {
    const bytes = await readFile(file)
    bytes[bytes.length >> 1]! ^= 1
    await writeFile(join(folder, 'half'), bytes)
    expect((await run(`backup verify ${join(folder, 'half')}`, origin)).code).toBe(1)
    expect(await databases()).toBe(0)
  })
})
