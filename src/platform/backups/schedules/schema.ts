import { builder, type InputFields } from '../../../core/builder.ts'
import { listField } from '../../../core/list/connection.ts'
import type { RestMethod, RestRoute } from '../../../core/rest.ts'
import { rowField } from '../../../core/row-field.ts'
import { BackupSchedule, BackupSchedules } from './type.ts'
import { createBackupSchedule, deleteBackupSchedule, updateBackupSchedule } from './verbs.ts'

const VIEW = 'id projectId everyHours keepDays keepLast isEnabled nextRunAt createdAt updatedAt'

const route = (method: RestMethod, below = '') =>
  ({ dialect: 'baserdb', route: `${method} /api/v1/backups/schedules${below}`, view: VIEW }) satisfies RestRoute

builder.queryFields((t) => ({
  backupSchedules: listField(t, BackupSchedules, {
    description: 'Schedules of backups, newest first. An addition to BaserDB’s document.',
    rest: { ...route('GET'), list: { params: { project_id: 'projectId.eq', is_enabled: 'isEnabled.eq' } } },
    authScopes: { can: 'backups:run' },
  }),
  backupSchedule: rowField(t, BackupSchedule, 'backup_schedule', {
    description: 'One schedule of backups. NOT_FOUND where there is none.',
    rest: route('GET', '/:id'),
    authScopes: { can: 'backups:run' },
  }),
}))

const fieldsOf = (t: InputFields) => ({
  keepDays: t.int({ description: 'Days that what is made is kept: 1 to 3650, 30 unless given.' }),
  keepLast: t.int({ description: 'At most so many that succeeded are kept: 1 to 1000.' }),
  isEnabled: t.boolean({ description: 'True unless given. What is enabled again is due at once.' }),
})

const CreateBackupScheduleInput = builder.inputType('CreateBackupScheduleInput', {
  fields: (t) => ({
    projectId: t.id({ description: 'May be left out where there is only one project that is not archived.' }),
    everyHours: t.int({ required: true, description: 'Hours from one backup to the next: 1 to 8760.' }),
    ...fieldsOf(t),
  }),
})
const UpdateBackupScheduleInput = builder.inputType('UpdateBackupScheduleInput', {
  description: 'What is left out stays; null clears keepLast.',
  fields: (t) => ({
    everyHours: t.int({
      description: 'Hours from one backup to the next: 1 to 8760; another number counts from now on.',
    }),
    ...fieldsOf(t),
  }),
})

builder.mutationFields((t) => ({
  createBackupSchedule: t.field({
    type: BackupSchedule,
    description: 'Has a project backed up again and again, the first time at once.',
    rest: { ...route('POST'), status: 201, body: 'input' },
    authScopes: { can: 'backups:run' },
    args: { input: t.arg({ type: CreateBackupScheduleInput, required: true }) },
    resolve: (_root, { input }, ctx) => createBackupSchedule(ctx, input),
  }),
  updateBackupSchedule: t.field({
    type: BackupSchedule,
    description: 'Changes a schedule of backups. NOT_FOUND where there is none.',
    rest: { ...route('PATCH', '/:id'), body: 'input' },
    authScopes: { can: 'backups:run' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: UpdateBackupScheduleInput, required: true }) },
    resolve: (_root, { id, input }, ctx) => updateBackupSchedule(ctx, id, input),
  }),
  deleteBackupSchedule: t.prismaField({
    type: BackupSchedule,
    description: 'Deletes a schedule. The backups that it had made stay for as long as they were to be kept.',
    rest: { ...route('DELETE', '/:id'), status: 204, view: 'id' },
    authScopes: { can: 'backups:run' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteBackupSchedule(ctx, id, query),
  }),
}))
