import { z } from 'zod'
import { type Context, row } from '../../../core/context.ts'
import { type Input, validated } from '../../../core/validate.ts'
import { createRow, deleteRow, updateRow } from '../../../core/write.ts'
import { keepDays, projectOf } from '../runs/verbs.ts'

export const SCHEDULE = { name: 'backup_schedule' } as const

const HOUR_MS = 3_600_000

const everyHours = z.int().min(1, 'must be at least 1.').max(8760, 'must be at most 8760, a year.')
const fields = {
  keepDays: keepDays.optional(),
  keepLast: z.int().min(1, 'must be at least 1.').max(1000, 'must be at most 1000.').nullable().optional(),
  isEnabled: z.boolean().optional(),
}
const creation = z.object({ projectId: z.int().optional(), everyHours, ...fields })
const change = z.object({ everyHours: everyHours.optional(), ...fields })

export const dueAfter = (time: Date, hours: number): Date => new Date(time.getTime() + hours * HOUR_MS)

/** The first backup is due at once. */
export const createBackupSchedule = (ctx: Context, input: Input) => {
  const { projectId, ...given } = validated(creation, input)
  return createRow(ctx, SCHEDULE, async (tx) => {
    const project = await projectOf(tx, ctx, projectId)
    const own = { organizationId: ctx.organizationId, projectId: project.id, nextRunAt: ctx.clock.now() }
    return tx.backupSchedule.create({ data: { ...own, ...given } })
  })
}

/** Another interval counts from now on; what is enabled again is due at once. */
export const updateBackupSchedule = (ctx: Context, id: number, input: Input) => {
  const given = validated(change, input)
  const where = row(ctx, id)
  return updateRow(ctx, SCHEDULE, {
    read: (tx) => tx.backupSchedule.findUnique({ where }),
    write: (tx, before) => {
      const now = ctx.clock.now()
      const resumed = given.isEnabled === true && !before.isEnabled
      const again = given.everyHours !== undefined && given.everyHours !== before.everyHours
      const due = resumed ? { nextRunAt: now } : again ? { nextRunAt: dueAfter(now, given.everyHours!) } : {}
      return tx.backupSchedule.update({ where, data: { ...given, ...due } })
    },
  })
}

/** What it had made stays, for as long as it was to be kept. */
export const deleteBackupSchedule = (ctx: Context, id: number, query: object = {}) => {
  const where = row(ctx, id)
  return deleteRow(ctx, SCHEDULE, {
    read: (tx) => tx.backupSchedule.findUnique({ ...query, where }),
    remove: async (tx) => {
      await tx.backupRun.updateMany({ where: { scheduleId: id }, data: { scheduleId: null } })
      return tx.backupSchedule.delete({ where })
    },
  })
}
