import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { misfits } from '../../../test/guards/generate/catalogued.ts'
import { type BackedUp, projectWithTables } from '../../../test/kit/backed-up.ts'
import { testGraph } from '../../../test/kit/graph.ts'
import { amongOwnTables, seenOfOwnTables } from '../../../test/kit/own-tables.ts'
import { measured, type Part, packed } from '../../backup/parts.ts'
import type { Connected } from '../../core/context.ts'
import type { JobName } from '../jobs/kinds.ts'
import { cancelJob, retryJob } from '../jobs/verbs.ts'
import { removeProject } from '../projects/verbs.ts'
import { fileKey } from './runs/key.ts'
import { type ProjectPart, partsOf, readRun } from './work/file.ts'
import { makeBackup } from './work/make.ts'
import { restoreBackup } from './work/restore.ts'
import { verifyBackup } from './work/verify.ts'

const graph = testGraph()
const RUN = `id projectId projectSlug status jobId tablesDone tablesTotal rowCount checksum sizeBytes error verification verificationError verifiedAt restoration restorationError restoredProjectId keepUntil`
const START = `mutation ($input: StartBackupInput!) { startBackup(input: $input) { ${RUN} } }`
const VERIFY = `mutation ($id: ID!) { verifyBackupRun(id: $id) { ${RUN} } }`
const RESTORE = `mutation ($id: ID!, $input: RestoreBackupInput!) { restoreBackupRun(id: $id, input: $input) { ${RUN} } }`
const DELETE = `mutation ($id: ID!) { deleteBackupRun(id: $id) { ${RUN} } }`
const ONE = `query ($id: ID!) { backupRun(id: $id) { ${RUN} } }`
const ROWS = 523

let stock: BackedUp
let folder: string
beforeAll(async () => {
  stock = await projectWithTables(graph.kit.app, graph.a.id)
  folder = join(graph.kit.config.dataDir, 'documents')
})

type Shown = Record<string, any>
const refusal = async (query: string, variables: Shown, as?: Parameters<typeof graph.as>[0]) =>
  (await graph.as(as).run(query, variables)).errors?.[0]?.extensions
const done = async (query: string, variables: Shown): Promise<Shown> => {
  const { data, errors } = await graph.as().run(query, variables)
  expect(errors).toBeUndefined()
  return Object.values(data)[0] as Shown
}
const one = (id: string) => done(ONE, { id })

const WORK = { run: makeBackup, verify: verifyBackup, restore: restoreBackup }
const STILL = new AbortController().signal

/** Does what a worker does with the job that was asked for last. */
async function work(kind: keyof typeof WORK, signal = STILL) {
  const name: JobName = `backups.${kind}`
  const { ctx } = stock
  const job = await ctx.db.job.findFirstOrThrow({ where: { name, state: 'queued' }, orderBy: { id: 'desc' } })
  await ctx.db.job.update({
    where: { organizationId_id: { organizationId: ctx.organizationId, id: job.id } },
    data: { state: 'running' },
  })
  const end = (state: 'succeeded' | 'failed', error: string | null) =>
    ctx.db.job.updateMany({ where: { id: job.id }, data: { state, error, finishedAt: ctx.clock.now() } })
  try {
    const outcome = await WORK[kind](ctx, job.input, signal)
    await end('succeeded', null)
    return outcome
  } catch (error) {
    await end('failed', (error as Error).message)
    throw error
  }
}

async function backup(input: Shown = {}): Promise<string> {
  const { id } = await done(START, { input: { projectId: stock.projectId, ...input } })
  await work('run')
  return id
}

const fileOf = async (id: string) => join(folder, (await readRun(stock.ctx, Number(id))).storageKey)
const own = () => seenOfOwnTables(graph.kit.app, graph.a.id)

describe('a backup', () => {
  it('is asked for, made, and says what is in it', async () => {
    const asked = await done(START, { input: { projectId: stock.projectId, keepDays: 7 } })
    expect(asked).toMatchObject({
      ...{ status: 'QUEUED', projectSlug: 'warehouse', tablesDone: 0, tablesTotal: null, checksum: null },
      ...{ keepUntil: '2026-05-30T11:42:00Z', verification: null, restoration: null },
    })
    expect(await work('run')).toMatchObject({ tables: 3, rows: ROWS })
    const made = await one(asked.id)
    expect(made).toMatchObject({ status: 'SUCCEEDED', tablesDone: 3, tablesTotal: 3, error: null })
    const file = await readFile(await fileOf(asked.id))
    expect([Number(made.rowCount), Number(made.sizeBytes)]).toEqual([ROWS, file.length])
    expect(made.checksum).toMatch(/^[0-9a-f]{64}$/)
    for (const text of ['shelf', 'warehouse', 'Warehouse']) expect(file.includes(text)).toBe(false)
  })

  it('is announced and audited, without what it is kept by', async () => {
    await backup()
    const { events, audit } = await graph.trail()
    expect(events.slice(-3).map(({ type }) => type)).toEqual([
      'job.created',
      'backup_run.created',
      'backup_run.succeeded',
    ])
    expect(audit.at(-1)).toMatchObject({ action: 'backup_run.succeeded', changes: { status: { to: 'succeeded' } } })
    const told = JSON.stringify([events, audit], (_key, value) => (typeof value === 'bigint' ? Number(value) : value))
    for (const word of ['storageKey', 'wrappedKey', 'keyId']) expect(told).not.toContain(word)
  })

  it('is of one moment, whatever is written meanwhile', async () => {
    const { id } = await done(START, { input: { projectId: stock.projectId } })
    const emptied = vi.fn(() =>
      amongOwnTables(graph.kit.app, graph.a.id, (tx) => tx.$executeRawUnsafe('DELETE FROM box WHERE number > 30')),
    )
    const connected: Connected = (work) =>
      stock.ctx.connected((client) => {
        const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>
        const meddling = async (text: string) => {
          const answer = await query(text)
          await emptied()
          return answer
        }
        const watched = (...given: unknown[]) =>
          String(given[0]).startsWith('LOCK TABLE') ? meddling(given[0] as string) : query(...given)
        return work(Object.assign(client, { query: watched }))
      })
    await makeBackup({ ...stock.ctx, connected }, { runId: Number(id) }, STILL)
    expect(emptied).toHaveBeenCalledOnce()
    expect(await one(id)).toMatchObject({ status: 'SUCCEEDED', rowCount: expect.anything() })
    expect(Number((await one(id)).rowCount)).toBe(ROWS)
    await amongOwnTables(graph.kit.app, graph.a.id, (tx) => tx.$executeRawUnsafe('DROP VIEW shelves'))
    await done(RESTORE, { id, input: { into: 'SAME', confirm: 'warehouse' } })
    await work('restore')
    await amongOwnTables(graph.kit.app, graph.a.id, (tx) =>
      tx.$executeRawUnsafe('CREATE VIEW shelves AS SELECT name FROM shelf'),
    )
    expect((await own())[1]).toHaveLength(20)
  })

  it('of a project that there is only one of needs no name, and of several it does', async () => {
    expect((await done(START, { input: {} })).projectId).toBe(String(stock.projectId))
    await work('run')
    const { data } = await graph.as().run('mutation { createProject(input: {name: "Another"}) { id } }')
    const fields = { projectId: ['is needed, because there are several projects.'] }
    expect(await refusal(START, { input: {} })).toMatchObject({ code: 'INVALID_REQUEST', fields })
    await removeProject(stock.ctx, Number(data.createProject.id))
  })

  it('of nobody’s or somebody else’s project is refused in the same words', async () => {
    const theirs = await graph.as({ organization: 'b' }).run('mutation { createProject(input: {name: "B"}) { id } }')
    for (const projectId of [theirs.data.createProject.id, '2000000000'])
      expect(await refusal(START, { input: { projectId } })).toMatchObject({ fields: { projectId: ['No such row.'] } })
  })

  it('of a project without tables can be made and proved as well', async () => {
    const { data } = await graph.as().run('mutation { createProject(input: {name: "Bare"}) { id } }')
    const id = await backup({ projectId: data.createProject.id })
    await done(VERIFY, { id })
    await work('verify')
    expect(await one(id)).toMatchObject({
      tablesTotal: 0,
      verification: 'SUCCEEDED',
      verifiedAt: '2026-05-23T11:42:00Z',
    })
    await removeProject(stock.ctx, Number(data.createProject.id))
  })

  it('that is stopped leaves no file, and ends as its job does', async () => {
    const { id, jobId } = await done(START, { input: { projectId: stock.projectId } })
    await expect(work('run', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
    expect((await readdir(join(folder, String(graph.a.id)))).some((name) => name.endsWith('.part'))).toBe(false)
    await expect(readFile(await fileOf(id))).rejects.toThrow('ENOENT')
    expect(await one(id)).toMatchObject({ status: 'FAILED', error: 'stop' })
    await retryJob(stock.ctx, Number(jobId))
    expect(await one(id)).toMatchObject({ status: 'QUEUED', error: null })
    await work('run')
    expect(await one(id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('whose job is cancelled is cancelled', async () => {
    const { id, jobId } = await done(START, { input: { projectId: stock.projectId } })
    await cancelJob(stock.ctx, Number(jobId))
    expect(await one(id)).toMatchObject({ status: 'FAILED', error: 'It was cancelled.' })
    expect(await refusal(VERIFY, { id })).toMatchObject({ code: 'CONFLICT' })
  })

  it('is deleted with its file', async () => {
    const id = await backup()
    const file = await fileOf(id)
    await done(DELETE, { id })
    await expect(readFile(file)).rejects.toThrow('ENOENT')
    expect(await refusal(ONE, { id })).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is not touched while something is being done with it', async () => {
    const { id } = await done(START, { input: { projectId: stock.projectId } })
    for (const [query, variables] of [
      [VERIFY, { id }],
      [RESTORE, { id, input: {} }],
      [DELETE, { id }],
    ] as const)
      expect(await refusal(query, variables)).toMatchObject({ code: 'CONFLICT' })
    await work('run')
  })
})

describe('a proof', () => {
  it('restores everything where nobody sees it, and leaves nothing behind', async () => {
    const id = await backup()
    const schemas = () => graph.kit.app.query('SELECT nspname FROM pg_namespace ORDER BY 1', [])
    const [before, rows] = [await schemas(), await own()]
    expect(await done(VERIFY, { id })).toMatchObject({ verification: 'QUEUED', verifiedAt: null })
    expect(await work('verify')).toMatchObject({ tables: 3 })
    expect(await one(id)).toMatchObject({ verification: 'SUCCEEDED', verifiedAt: '2026-05-23T11:42:00Z' })
    expect([await schemas(), await own()]).toEqual([before, rows])
    expect((await graph.trail()).events.at(-1)).toMatchObject({ type: 'backup_run.verified' })
  })

  it('finds a turned bit, a missing end and another run’s file', async () => {
    const [id, other] = [await backup(), await backup()]
    const file = await fileOf(id)
    const bytes = await readFile(file)
    const turned = (at: number) => {
      const copy = Buffer.from(bytes)
      copy[at]! ^= 1
      return copy
    }
    const wrong = [
      turned(3),
      turned(bytes.length >> 1),
      turned(bytes.length - 1),
      bytes.subarray(0, -1),
      await readFile(await fileOf(other)),
    ]
    for (const each of wrong) {
      await writeFile(file, each)
      await done(VERIFY, { id })
      await expect(work('verify')).rejects.toThrow('The backup is damaged: ')
      expect(await one(id)).toMatchObject({
        ...{ status: 'SUCCEEDED', verification: 'FAILED', verifiedAt: null },
        verificationError: expect.stringContaining('The backup is damaged: '),
      })
    }
    await writeFile(file, bytes)
    await done(VERIFY, { id })
    await work('verify')
    expect(await one(id)).toMatchObject({ verification: 'SUCCEEDED', verificationError: null })
  })

  it('finds what is written into a table otherwise than it was read', async () => {
    const id = await backup()
    const run = await readRun(stock.ctx, Number(id))
    async function* meddled(): AsyncGenerator<Part<ProjectPart>> {
      for await (const { head, body } of partsOf(stock.ctx, run, STILL)) {
        const text = await buffer(body)
        const changed = head.kind === 'rows' ? Buffer.from(text.toString().replaceAll('1.50', '1.5004')) : text
        yield { head, body: Readable.from(changed.length ? [changed] : []) }
      }
    }
    const file = measured(packed(meddled(), fileKey(stock.ctx, run), { of: 'project' }))
    await stock.ctx.storage.putStream(run.storageKey, file.bytes, 'application/octet-stream')
    const where = { organizationId_id: { organizationId: graph.a.id, id: run.id } }
    await stock.ctx.db.backupRun.update({ where, data: { checksum: file.sum().sha256 } })
    await done(VERIFY, { id })
    await expect(work('verify')).rejects.toThrow('the table shelf differs')
    expect(await one(id)).toMatchObject({ verification: 'FAILED', verifiedAt: null })
  })

  it('says that a file is gone', async () => {
    const id = await backup()
    await graph.kit.app.storage.delete((await readRun(stock.ctx, Number(id))).storageKey)
    await done(VERIFY, { id })
    await expect(work('verify')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await one(id)).toMatchObject({
      verificationError: 'The file of this backup is not in the storage any more.',
    })
  })
})

describe('a restoration', () => {
  it('into a new project leaves the old one alone', async () => {
    const id = await backup()
    const before = await own()
    expect(await done(RESTORE, { id, input: { name: 'Drill' } })).toMatchObject({ restoration: 'QUEUED' })
    const outcome = await work('restore')
    expect(outcome).toMatchObject({ tables: 3 })
    expect(await own()).toEqual(before)
    const { projectId } = outcome as { projectId: number }
    expect(await one(id)).toMatchObject({ restoration: 'SUCCEEDED', restoredProjectId: String(projectId) })
    const { ctx } = stock
    const project = await ctx.db.project.findFirstOrThrow({
      where: { id: projectId },
      include: { groups: { include: { tables: { orderBy: { id: 'asc' } } } } },
    })
    expect(project).toMatchObject({ slug: 'drill', description: 'Where things are.', groups: [{ slug: 'stock' }] })
    const [shelf, box, odd] = project.groups[0]!.tables
    expect([shelf, box, odd].map((table) => table!.name)).toEqual(['Shelves', 'Boxes', 'Odd'])
    const counts = await amongOwnTables(graph.kit.app, graph.a.id, async (tx) => {
      const rows = await tx.$queryRawUnsafe(`SELECT (SELECT count(*)::int FROM "${shelf!.physicalName}") AS shelves,
        (SELECT count(*)::int FROM "${box!.physicalName}") AS boxes`)
      const added = await tx.$queryRawUnsafe(
        `INSERT INTO "${box!.physicalName}" (shelf_id) VALUES (1) RETURNING number`,
      )
      return [rows, added]
    })
    expect(counts).toEqual([[{ shelves: 500, boxes: 20 }], [{ number: 65 }]])
    const { events } = await graph.trail()
    const told = ['project.created', 'group.created', ...Array(3).fill('table.created'), 'backup_run.restored']
    expect(events.slice(-6).map(({ type }) => type)).toEqual(told)
    expect(await refusal(RESTORE, { id, input: { name: 'Drill' } })).toMatchObject({ code: 'CONFLICT' })
  })

  it('over the same project brings back what was changed and dropped since', async () => {
    const id = await backup()
    const [before, tables] = [
      await own(),
      await stock.ctx.db.managedTable.findMany({ where: { groupId: stock.groupId }, orderBy: { id: 'asc' } }),
    ]
    await amongOwnTables(graph.kit.app, graph.a.id, async (tx) => {
      await tx.$executeRawUnsafe('DROP VIEW shelves')
      await tx.$executeRawUnsafe('ALTER TABLE shelf DROP COLUMN facts')
      await tx.$executeRawUnsafe('DELETE FROM box')
      await tx.$executeRawUnsafe('CREATE TABLE later (id int)')
    })
    const { organizationId } = stock.ctx
    await stock.ctx.db.managedTable.create({
      data: { organizationId, groupId: stock.groupId, name: 'Later', physicalName: 'later' },
    })
    for (const confirm of [undefined, 'stock', 'WAREHOUSE'])
      expect(await refusal(RESTORE, { id, input: { into: 'SAME', confirm } })).toMatchObject({
        code: 'INVALID_REQUEST',
      })
    await done(RESTORE, { id, input: { into: 'SAME', confirm: 'warehouse' } })
    expect(await work('restore')).toMatchObject({ projectId: stock.projectId, tables: 3 })
    expect(await own()).toEqual(before)
    const again = await stock.ctx.db.managedTable.findMany({
      where: { groupId: stock.groupId },
      orderBy: { id: 'asc' },
    })
    const plain = (rows: typeof again) =>
      rows.map(({ id: tableId, name, physicalName }) => ({ tableId, name, physicalName }))
    expect(plain(again)).toEqual(plain(tables))
    await amongOwnTables(graph.kit.app, graph.a.id, (tx) =>
      tx.$executeRawUnsafe('CREATE VIEW shelves AS SELECT name FROM shelf'),
    )
  })

  it('over tables that others rest on changes nothing', async () => {
    const id = await backup()
    const before = await own()
    await done(RESTORE, { id, input: { into: 'SAME', confirm: 'warehouse' } })
    await expect(work('restore')).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(await one(id)).toMatchObject({
      restoration: 'FAILED',
      restorationError: expect.stringContaining('rest on its tables'),
    })
    expect(await own()).toEqual(before)
  })

  it('of a damaged file changes nothing', async () => {
    const id = await backup()
    const file = await fileOf(id)
    const bytes = await readFile(file)
    bytes[bytes.length - 20]! ^= 2
    await writeFile(file, bytes)
    const [before, projects] = [await own(), await stock.ctx.db.project.count()]
    await done(RESTORE, { id, input: { name: 'Never' } })
    await expect(work('restore')).rejects.toThrow('The backup is damaged: ')
    expect([await own(), await stock.ctx.db.project.count()]).toEqual([before, projects])
  })

  it('brings back a project that was deleted since', async () => {
    const { data } = await graph.as().run('mutation { createProject(input: {name: "Gone"}) { id } }')
    const id = await backup({ projectId: data.createProject.id })
    await removeProject(stock.ctx, Number(data.createProject.id))
    expect(await one(id)).toMatchObject({ projectId: null, projectSlug: 'gone' })
    expect(await refusal(RESTORE, { id, input: { into: 'SAME', confirm: 'gone' } })).toMatchObject({ code: 'CONFLICT' })
    await done(RESTORE, { id, input: { name: 'Gone' } })
    await work('restore')
    expect(await stock.ctx.db.project.findFirst({ where: { slug: 'gone' } })).not.toBeNull()
  })
})

describe('another organization', () => {
  it('finds nothing of it', async () => {
    const id = await backup()
    for (const [query, variables] of [
      [ONE, { id }],
      [VERIFY, { id }],
      [RESTORE, { id, input: {} }],
      [DELETE, { id }],
    ] as const)
      expect(await refusal(query, variables, { organization: 'b' })).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('cannot open its file, even as its own run’s', async () => {
    const id = await backup()
    const theirs = { ...stock.ctx, organizationId: graph.b.id }
    const run = await readRun(stock.ctx, Number(id))
    expect(() => fileKey(theirs, run)).toThrow('cannot be opened')
    expect(() => fileKey(stock.ctx, { ...run, id: run.id + 1 })).toThrow('cannot be opened')
  })
})

const TOLD = [
  ...['created', 'succeeded', 'verifying', 'verified', 'restoring', 'restored', 'deleted'].map(
    (verb) => `backup_run.${verb}`,
  ),
  ...['table.created', 'table.updated', 'table.deleted', 'group.created', 'project.created', 'project.deleted'],
]

it('everything that was told is as the catalogue says', async () => {
  const { events } = await graph.trail()
  const told = events.filter(({ type }) => /^(backup_run|table|group|project)\./.test(type))
  expect(told.filter(({ type }) => type.startsWith('backup_run.')).length).toBeGreaterThan(20)
  expect(new Set(told.map(({ type }) => type))).toEqual(new Set(TOLD))
  expect(told.flatMap(({ type, data }) => misfits({ type, data }))).toEqual([])
})

it('nothing of it is done without permission', async () => {
  const as = { permissions: ['projects:read', 'tables:manage'] } as const
  const need = { code: 'FORBIDDEN', need: 'backups:run' }
  expect(await refusal(START, { input: {} }, as)).toMatchObject(need)
  expect(await refusal(VERIFY, { id: '1' }, as)).toMatchObject(need)
  expect(await refusal(RESTORE, { id: '1', input: {} }, as)).toMatchObject(need)
  expect(await refusal('{ backupRuns { totalCount } }', {}, as)).toMatchObject(need)
})
