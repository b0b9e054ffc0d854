import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, vi } from 'vitest'
import { BackupDesk, DELETE, ONE, RESTORE, START, STILL, VERIFY } from '../../../test/kit/backup-desk.ts'
import { amongOwnTables } from '../../../test/kit/own-tables.ts'
import { measured, type Part, packed } from '../../backup/parts.ts'
import type { Connected } from '../../core/context.ts'
import { cancelJob, retryJob } from '../jobs/verbs.ts'
import { removeProject } from '../projects/verbs.ts'
import { fileKey } from './runs/key.ts'
import { type ProjectPart, partsOf, readRun } from './work/file.ts'
import { makeBackup } from './work/make.ts'

const desk = new BackupDesk()
const { graph, one, own, fileOf, work, backup } = desk
const { done, refusal } = graph
const ROWS = 523

describe('a backup', () => {
  it('is asked for, made, and says what is in it', async () => {
    const asked = await done(START, { input: { projectId: desk.stock.projectId, keepDays: 7 } })
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
    const { id } = await done(START, { input: { projectId: desk.stock.projectId } })
    const emptied = vi.fn(() =>
      amongOwnTables(graph.kit.app, graph.a.id, (tx) => tx.$executeRawUnsafe('DELETE FROM box WHERE number > 30')),
    )
    const connected: Connected = (work) =>
      desk.stock.ctx.connected((client) => {
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
    await makeBackup({ ...desk.stock.ctx, connected }, { runId: Number(id) }, STILL)
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
    expect((await done(START, { input: {} })).projectId).toBe(String(desk.stock.projectId))
    await work('run')
    const { data } = await graph.as().run('mutation { createProject(input: {name: "Another"}) { id } }')
    const fields = { projectId: ['is needed, because there are several projects.'] }
    expect(await refusal(START, { input: {} })).toMatchObject({ code: 'INVALID_REQUEST', fields })
    await removeProject(desk.stock.ctx, Number(data.createProject.id))
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
    await removeProject(desk.stock.ctx, Number(data.createProject.id))
  })

  it('that is stopped leaves no file, and ends as its job does', async () => {
    const { id, jobId } = await done(START, { input: { projectId: desk.stock.projectId } })
    await expect(work('run', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop')
    expect((await readdir(join(desk.folder, String(graph.a.id)))).some((name) => name.endsWith('.part'))).toBe(false)
    await expect(readFile(await fileOf(id))).rejects.toThrow('ENOENT')
    expect(await one(id)).toMatchObject({ status: 'FAILED', error: 'stop' })
    await retryJob(desk.stock.ctx, Number(jobId))
    expect(await one(id)).toMatchObject({ status: 'QUEUED', error: null })
    await work('run')
    expect(await one(id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('whose job is cancelled is cancelled', async () => {
    const { id, jobId } = await done(START, { input: { projectId: desk.stock.projectId } })
    await cancelJob(desk.stock.ctx, Number(jobId))
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
    const { id } = await done(START, { input: { projectId: desk.stock.projectId } })
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
    const run = await readRun(desk.stock.ctx, Number(id))
    async function* meddled(): AsyncGenerator<Part<ProjectPart>> {
      for await (const { head, body } of partsOf(desk.stock.ctx, run, STILL)) {
        const text = await buffer(body)
        const changed = head.kind === 'rows' ? Buffer.from(text.toString().replaceAll('1.50', '1.5004')) : text
        yield { head, body: Readable.from(changed.length ? [changed] : []) }
      }
    }
    const file = measured(packed(meddled(), fileKey(desk.stock.ctx, run), { of: 'project' }))
    await desk.stock.ctx.storage.putStream(run.storageKey, file.bytes, 'application/octet-stream')
    const where = { organizationId_id: { organizationId: graph.a.id, id: run.id } }
    await desk.stock.ctx.db.backupRun.update({ where, data: { checksum: file.sum().sha256 } })
    await done(VERIFY, { id })
    await expect(work('verify')).rejects.toThrow('the table shelf differs')
    expect(await one(id)).toMatchObject({ verification: 'FAILED', verifiedAt: null })
  })

  it('says that a file is gone', async () => {
    const id = await backup()
    await graph.kit.app.storage.delete((await readRun(desk.stock.ctx, Number(id))).storageKey)
    await done(VERIFY, { id })
    await expect(work('verify')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await one(id)).toMatchObject({
      verificationError: 'The file of this backup is not in the storage any more.',
    })
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
    const theirs = { ...desk.stock.ctx, organizationId: graph.b.id }
    const run = await readRun(desk.stock.ctx, Number(id))
    expect(() => fileKey(theirs, run)).toThrow('cannot be opened')
    expect(() => fileKey(desk.stock.ctx, { ...run, id: run.id + 1 })).toThrow('cannot be opened')
  })
})

it('everything that was told is as the catalogue says', () =>
  desk.expectTold([
    ...['created', 'succeeded', 'verifying', 'verified', 'restoring', 'restored', 'deleted'].map(
      (verb) => `backup_run.${verb}`,
    ),
    ...['table.updated', 'group.created', 'project.created', 'project.deleted'],
  ]))

it('nothing of it is done without permission', async () => {
  const as = { permissions: ['projects:read', 'tables:manage'] } as const
  const need = { code: 'FORBIDDEN', need: 'backups:run' }
  expect(await refusal(START, { input: {} }, as)).toMatchObject(need)
  expect(await refusal(VERIFY, { id: '1' }, as)).toMatchObject(need)
  expect(await refusal(RESTORE, { id: '1', input: {} }, as)).toMatchObject(need)
  expect(await refusal('{ backupRuns { totalCount } }', {}, as)).toMatchObject(need)
})
