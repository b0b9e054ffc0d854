import { builder } from '../../../core/builder.ts'
import { relatedList } from '../../../core/list/connection.ts'
import { defineList } from '../../../core/list/declare.ts'
import { BackupRuns } from '../runs/list.ts'

export const BackupSchedule = builder.prismaObject('BackupSchedule', {
  description: 'When a project is backed up by itself, and how long what is made is kept.',
  authScopes: { can: 'backups:run' },
  fields: (t) => ({
    id: t.exposeID('id'),
    projectId: t.exposeID('projectId'),
    everyHours: t.exposeInt('everyHours', { description: 'Hours from one backup to the next.' }),
    keepDays: t.exposeInt('keepDays', { description: 'Days after which what was made is deleted.' }),
    keepLast: t.exposeInt('keepLast', {
      nullable: true,
      description:
        'Beyond so many that succeeded, the oldest are deleted; all are kept for their days where there is none.',
    }),
    isEnabled: t.exposeBoolean('isEnabled'),
    nextRunAt: t.expose('nextRunAt', {
      type: 'DateTime',
      description: 'When the next one is due, while it is enabled.',
    }),
    runs: relatedList(t, BackupRuns, 'runs', { description: 'What it had made, newest first.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
  }),
})

export const BackupSchedules = defineList({
  model: 'BackupSchedule',
  filter: {
    projectId: 'ID',
    isEnabled: 'Boolean',
    nextRunAt: 'DateTime',
    createdAt: 'DateTime',
    updatedAt: 'DateTime',
  },
  order: ['id', 'nextRunAt', 'createdAt', 'updatedAt'],
  defaultOrder: '-createdAt',
})
