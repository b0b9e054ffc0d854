import { builder } from '../../../core/builder.ts'
import { BackupStatus } from './list.ts'

export const BackupRun = builder.prismaObject('BackupRun', {
  description: 'A copy of a project’s tables and of what it consists of, as of one moment.',
  authScopes: { can: 'backups:run' },
  select: { organizationId: true, id: true },
  fields: (t) => ({
    id: t.exposeID('id'),
    projectId: t.exposeID('projectId', { nullable: true, description: 'None where the project was deleted since.' }),
    projectSlug: t.exposeString('projectSlug', { description: 'The project’s slug when the backup was asked for.' }),
    projectName: t.exposeString('projectName', { description: 'Its name then.' }),
    scheduleId: t.exposeID('scheduleId', { nullable: true, description: 'None where somebody asked for it.' }),
    status: t.expose('status', { type: BackupStatus }),
    jobId: t.exposeID('jobId', {
      nullable: true,
      description: 'The job that makes, proves or restores it, or did so last; jobs are forgotten after 30 days.',
    }),
    tablesDone: t.exposeInt('tablesDone', { description: 'Tables that are copied so far.' }),
    tablesTotal: t.exposeInt('tablesTotal', { nullable: true, description: 'None before it has begun.' }),
    rowCount: t.expose('rowCount', { type: 'BigInt', description: 'Rows that are copied so far.' }),
    checksum: t.exposeString('checksum', { nullable: true, description: 'SHA-256 of the file, hexadecimal.' }),
    sizeBytes: t.expose('sizeBytes', {
      type: 'BigInt',
      nullable: true,
      description: 'Bytes of the file, compressed and encrypted.',
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
    verification: t.expose('verification', {
      type: BackupStatus,
      nullable: true,
      description: 'Where its proof stands; none where nobody asked for one.',
    }),
    verificationError: t.exposeString('verificationError', { nullable: true }),
    verifiedAt: t.expose('verifiedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was restored into an empty schema and was what had been backed up; nothing else sets it.',
    }),
    restoration: t.expose('restoration', {
      type: BackupStatus,
      nullable: true,
      description: 'Where bringing it back stands; none where nobody asked for that.',
    }),
    restorationError: t.exposeString('restorationError', { nullable: true }),
    restoredAt: t.expose('restoredAt', { type: 'DateTime', nullable: true }),
    restoredProjectId: t.exposeID('restoredProjectId', {
      nullable: true,
      description: 'Where it was brought back last.',
    }),
    keepUntil: t.expose('keepUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Deleted then; kept until somebody deletes it where there is none.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
  }),
})
