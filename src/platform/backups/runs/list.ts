import { enumOf } from '../../../core/enums.ts'
import { defineList } from '../../../core/list/declare.ts'
import { BackupStatus as STATUSES } from '../../../db/generated/enums.ts'

export const BackupStatus = enumOf('BackupStatus', STATUSES, 'Where a backup, its proof or its restoration stands.')

export const BackupRuns = defineList({
  model: 'BackupRun',
  filter: {
    projectId: 'ID',
    scheduleId: 'ID',
    projectSlug: 'String',
    status: BackupStatus,
    verification: BackupStatus,
    verifiedAt: 'DateTime',
    keepUntil: 'DateTime',
    createdAt: 'DateTime',
    finishedAt: 'DateTime',
  },
  order: ['id', 'projectSlug', 'status', 'verifiedAt', 'keepUntil', 'createdAt', 'finishedAt'],
  defaultOrder: '-createdAt',
})
