import { join } from 'node:path'
import { beforeAll, expect } from 'vitest'
import { readRun } from '../../src/platform/backups/work/file.ts'
import { makeBackup } from '../../src/platform/backups/work/make.ts'
import { restoreBackup } from '../../src/platform/backups/work/restore.ts'
import { verifyBackup } from '../../src/platform/backups/work/verify.ts'
import type { JobName } from '../../src/platform/jobs/kinds.ts'
import { misfits } from '../guards/generate/catalogued.ts'
import { type BackedUp, projectWithTables } from './backed-up.ts'
import { testGraph } from './graph.ts'
import { seenOfOwnTables } from './own-tables.ts'

const RUN = `id projectId projectSlug status jobId tablesDone tablesTotal rowCount checksum sizeBytes error verification verificationError verifiedAt restoration restorationError restoredProjectId keepUntil`
export const START = `mutation ($input: StartBackupInput!) { startBackup(input: $input) { ${RUN} } }`
export const VERIFY = `mutation ($id: ID!) { verifyBackupRun(id: $id) { ${RUN} } }`
export const RESTORE = `mutation ($id: ID!, $input: RestoreBackupInput!) { restoreBackupRun(id: $id, input: $input) { ${RUN} } }`
export const DELETE = `mutation ($id: ID!) { deleteBackupRun(id: $id) { ${RUN} } }`
export const ONE = `query ($id: ID!) { backupRun(id: $id) { ${RUN} } }`

const WORK = { run: makeBackup, verify: verifyBackup, restore: restoreBackup }
export const STILL = new AbortController().signal

/** Somebody who has a project with tables, asks for its backups, and does what a worker would. */
export class BackupDesk {
  readonly graph = testGraph()
  stock!: BackedUp

  constructor() {
    beforeAll(async () => {
      this.stock = await projectWithTables(this.graph.kit.app, this.graph.a.id)
    })
  }

  /** Where the files are. */
  get folder(): string {
    return join(this.graph.kit.config.dataDir, 'documents')
  }

  readonly one = (id: string) => this.graph.done(ONE, { id })
  readonly own = () => seenOfOwnTables(this.graph.kit.app, this.graph.a.id)
  readonly fileOf = async (id: string) => join(this.folder, (await readRun(this.stock.ctx, Number(id))).storageKey)

  /** Does what a worker does with the job that was asked for last. */
  readonly work = async (kind: keyof typeof WORK, signal = STILL) => {
    const name: JobName = `backups.${kind}`
    const { ctx } = this.stock
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

  /** Of all that was told, nothing but these, each as the catalogue says. */
  readonly expectTold = async (types: readonly string[]) => {
    const { events } = await this.graph.trail()
    const told = events.filter(({ type }) => /^(backup_run|table|group|project)\./.test(type))
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(types))
    expect(told.flatMap(({ type, data }) => misfits({ type, data }))).toEqual([])
  }

  readonly backup = async (input: object = {}): Promise<string> => {
    const { id } = await this.graph.done(START, { input: { projectId: this.stock.projectId, ...input } })
    await this.work('run')
    return id
  }
}
