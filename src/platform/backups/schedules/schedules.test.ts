import { beforeEach, describe, expect, it } from 'vitest'
import { testGraph } from '../../../../test/kit/graph.ts'
import { systemContext } from '../../../context.ts'
import { type Clock, fixedClock } from '../../../core/clock.ts'
import type { Context } from '../../../core/context.ts'
import { deleteOldBackups, startDueBackups } from '../../../jobs/backups.ts'
import { createProject } from '../../projects/verbs.ts'
import { makeBackup } from '../work/make.ts'

const graph = testGraph()
const SCHEDULE = 'id projectId everyHours keepDays keepLast isEnabled nextRunAt'
const CREATE = `mutation ($input: CreateBackupScheduleInput!) { createBackupSchedule(input: $input) { ${SCHEDULE} } }`
const UPDATE = `mutation ($id: ID!, $input: UpdateBackupScheduleInput!) { updateBackupSchedule(id: $id, input: $input) { ${SCHEDULE} } }`
const DELETE = `mutation ($id: ID!) { deleteBackupSchedule(id: $id) { ${SCHEDULE} runs { totalCount } } }`
const NOON = '2026-05-23T11:42:00Z'

let projectId: number
beforeEach(async () => {
  const ctx = systemContext(graph.kit.app, graph.a.id, 'schedules')
  projectId = (await createProject(ctx, { name: `Project ${crypto.randomUUID()}` })).id
})

type Shown = Record<string, any>
const { done, refusal } = graph
const create = (input: Shown) => done(CREATE, { input: { projectId, ...input } })

/** Everything as it stands so many hours after noon. */
const later = (hours: number) => {
  const clock: Clock = fixedClock(new Date(Date.parse(NOON) + hours * 3_600_000).toISOString())
  return { ...graph.kit.app, clock }
}
const contextAt = (hours: number): Context => systemContext(later(hours), graph.a.id, 'schedules')

const runsOf = (scheduleId: string) =>
  contextAt(0).db.backupRun.findMany({ where: { scheduleId: Number(scheduleId) }, orderBy: { id: 'asc' } })

/** What is due at that hour is queued, and made. */
async function worked(hours: number, scheduleId: string): Promise<void> {
  await startDueBackups(later(hours))
  for (const { id } of (await runsOf(scheduleId)).filter(({ status }) => status === 'queued'))
    await makeBackup(contextAt(hours), { runId: id }, new AbortController().signal)
}

describe('a schedule of backups', () => {
  it('has a project backed up at once, and then every so many hours', async () => {
    const { id, ...made } = await create({ everyHours: 24, keepDays: 7 })
    expect(made).toMatchObject({ everyHours: 24, keepDays: 7, keepLast: null, isEnabled: true, nextRunAt: NOON })
    const counts: number[] = []
    for (const hours of [0, 1, 23.9, 24, 25, 80]) {
      await worked(hours, id)
      counts.push((await runsOf(id)).length)
    }
    expect(counts).toEqual([1, 1, 1, 2, 2, 3])
    const [first] = await runsOf(id)
    expect(first).toMatchObject({ projectId, status: 'succeeded', keepUntil: new Date('2026-05-30T11:42:00Z') })
    const { events } = await graph.trail()
    expect(events.some(({ type, data }) => type === 'backup_run.created' && (data as Shown).id === first!.id)).toBe(
      true,
    )
  })

  it('waits for one that is still at work', async () => {
    const { id } = await create({ everyHours: 1 })
    for (const hours of [0, 2, 4]) await startDueBackups(later(hours))
    expect(await runsOf(id)).toHaveLength(1)
  })

  it('is asked once, however many processes look at the same moment', async () => {
    const { id } = await create({ everyHours: 1 })
    await Promise.all(Array.from({ length: 4 }, () => startDueBackups(later(0))))
    expect(await runsOf(id)).toHaveLength(1)
  })

  it('does nothing while it is disabled, and goes on at once afterwards', async () => {
    const { id } = await create({ everyHours: 1, isEnabled: false })
    await startDueBackups(later(5))
    expect(await runsOf(id)).toHaveLength(0)
    expect(await done(UPDATE, { id, input: { isEnabled: true } })).toMatchObject({ isEnabled: true, nextRunAt: NOON })
    await startDueBackups(later(5))
    expect(await runsOf(id)).toHaveLength(1)
  })

  it('counts another interval from now on', async () => {
    const { id } = await create({ everyHours: 1 })
    expect((await done(UPDATE, { id, input: { everyHours: 48 } })).nextRunAt).toBe('2026-05-25T11:42:00Z')
  })

  it('leaves what it had made, when it is deleted', async () => {
    const { id } = await create({ everyHours: 1 })
    await worked(0, id)
    const [run] = await runsOf(id)
    expect((await done(DELETE, { id })).runs.totalCount).toBe(1)
    expect(await contextAt(0).db.backupRun.findFirst({ where: { id: run!.id } })).toMatchObject({ scheduleId: null })
  })

  it.each([{ everyHours: 0 }, { everyHours: 9000 }, { everyHours: 1, keepDays: 0 }, { everyHours: 1, keepLast: 0 }])(
    'refuses %j',
    async (input) =>
      expect(await refusal(CREATE, { input: { projectId, ...input } })).toMatchObject({ code: 'INVALID_REQUEST' }),
  )

  it('is not made for a project of somebody else, nor seen by them, nor without permission', async () => {
    const b = { organization: 'b' } as const
    const { id } = await create({ everyHours: 1 })
    const fields = { projectId: ['No such row.'] }
    expect(await refusal(CREATE, { input: { projectId, everyHours: 1 } }, b)).toMatchObject({ fields })
    expect(await refusal(UPDATE, { id, input: {} }, b)).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusal(DELETE, { id }, { permissions: ['projects:write'] })).toMatchObject({ need: 'backups:run' })
  })
})

describe('what is old', () => {
  it('is deleted with its file when its days are over', async () => {
    const { id } = await create({ everyHours: 24, keepDays: 2 })
    for (const hours of [0, 24, 48]) await worked(hours, id)
    const keys = (await Promise.all((await runsOf(id)).map((run) => keyOf(run.id)))) as string[]
    await deleteOldBackups(later(47.9))
    expect(await runsOf(id)).toHaveLength(3)
    await deleteOldBackups(later(49))
    expect(await runsOf(id)).toHaveLength(2)
    await expect(graph.kit.app.storage.get(keys[0]!)).rejects.toThrow()
    await expect(graph.kit.app.storage.get(keys[1]!)).resolves.toBeDefined()
    expect((await graph.trail()).events.at(-1)).toMatchObject({ type: 'backup_run.deleted' })
  })

  it('is deleted where there are enough that are younger', async () => {
    const { id } = await create({ everyHours: 1, keepLast: 2 })
    for (const hours of [0, 1, 2, 3]) await worked(hours, id)
    const before = await runsOf(id)
    await deleteOldBackups(later(4))
    expect((await runsOf(id)).map((run) => run.id)).toEqual(before.slice(2).map((run) => run.id))
  })

  it('stays while something is being done with it', async () => {
    const { id } = await create({ everyHours: 1, keepDays: 1 })
    await startDueBackups(later(0))
    await deleteOldBackups(later(100))
    expect(await runsOf(id)).toHaveLength(1)
  })
})

async function keyOf(id: number): Promise<string | undefined> {
  const [row] = await graph.kit.app.query<{ key: string }>('SELECT storage_key AS key FROM backup_run WHERE id = $1', [
    id,
  ])
  return row?.key
}
