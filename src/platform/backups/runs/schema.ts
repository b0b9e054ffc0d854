import { limitField } from '../../../access/rate-limited-field.ts'
import { asLeft } from '../../../core/as-left.ts'
import { builder } from '../../../core/builder.ts'
import type { Context } from '../../../core/context.ts'
import { listField } from '../../../core/list/connection.ts'
import type { RestMethod, RestRoute } from '../../../core/rest.ts'
import { rowField } from '../../../core/row-field.ts'
import { BackupRuns } from './list.ts'
import { BackupRun } from './type.ts'
import { deleteBackupRun, restoreBackupRun, startBackup, verifyBackupRun } from './verbs.ts'

const VIEW =
  'id projectId projectSlug projectName scheduleId status jobId tablesDone tablesTotal rowCount checksum sizeBytes error verification verificationError verifiedAt restoration restorationError restoredAt restoredProjectId keepUntil createdAt startedAt finishedAt'

const route = (method: RestMethod, below = '') =>
  ({ dialect: 'baserdb', route: `${method} /api/v1/backups/runs${below}`, view: VIEW }) satisfies RestRoute

const ACCEPTED = 202

/** Each copies as much as a project holds; whoever asks for them by the dozen is stopped, across all processes. */
const sensitive = limitField<Context, object>({
  window: 60,
  max: 30,
  identity: ({ organizationId, actor }) => `${organizationId}:${actor.kind}:${actor.id}`,
})

builder.queryFields((t) => ({
  backupRuns: listField(t, BackupRuns, {
    description: 'Backups of projects, newest first.',
    rest: {
      ...route('GET'),
      list: { params: { project_id: 'projectId.eq', status: 'status.eq', verification: 'verification.eq' } },
    },
    authScopes: { can: 'backups:run' },
  }),
  backupRun: rowField(t, BackupRun, 'backup_run', {
    description: 'One backup, and how far it is. NOT_FOUND where there is none.',
    rest: route('GET', '/:id'),
    authScopes: { can: 'backups:run' },
  }),
}))

const StartBackupInput = builder.inputType('StartBackupInput', {
  fields: (t) => ({
    projectId: t.id({ description: 'May be left out where there is only one project that is not archived.' }),
    keepDays: t.int({
      description: 'Deleted after so many days: 1 to 3650. Kept until somebody deletes it where left out.',
    }),
  }),
})

const RestoreInto = builder.enumType('RestoreInto', {
  description: 'NEW: beside everything that is there. SAME: the project’s tables give way to those of the backup.',
  values: { NEW: { value: 'new' }, SAME: { value: 'same' } } as const,
})

const RestoreBackupInput = builder.inputType('RestoreBackupInput', {
  description: 'Where a project is brought back.',
  fields: (t) => ({
    into: t.field({ type: RestoreInto, description: 'NEW unless given.' }),
    name: t.string({ description: 'The new project’s name; “… (restored)” unless given.' }),
    slug: t.string({ description: 'The new project’s slug; made of its name unless given.' }),
    confirm: t.string({ description: 'With SAME: the slug of the project whose tables are replaced.' }),
  }),
})

builder.mutationFields((t) => ({
  startBackup: t.field({
    type: BackupRun,
    description:
      'Asks for a backup of a project: its groups, and its tables with all their rows as of one moment, compressed and encrypted. It is made by the job `backups.run`; cancelled with that. RATE_LIMITED beyond 30 a minute.',
    rest: { ...route('POST'), status: ACCEPTED, body: 'input' },
    authScopes: { can: 'backups:run' },
    args: { input: t.arg({ type: StartBackupInput, required: true }) },
    resolve: sensitive((_root, { input }, ctx) => startBackup(ctx, input).then(asLeft)),
  }),
  verifyBackupRun: t.field({
    type: BackupRun,
    description:
      'Asks for a proof: everything is restored into an empty schema, read again and compared, and only then is `verifiedAt` set. CONFLICT where the backup failed, or something is being done with it.',
    rest: { ...route('POST', '/:id/verify'), status: ACCEPTED },
    authScopes: { can: 'backups:run' },
    args: { id: t.arg.id({ required: true }) },
    resolve: sensitive((_root, { id }, ctx) => verifyBackupRun(ctx, id).then(asLeft)),
  }),
  restoreBackupRun: t.field({
    type: BackupRun,
    description:
      'Asks for a project to be brought back: all of it, compared with the backup, or nothing. CONFLICT where the backup failed, something is being done with it, or the slug is taken.',
    rest: { ...route('POST', '/:id/restore'), status: ACCEPTED, body: 'input' },
    authScopes: { can: 'backups:run' },
    args: { id: t.arg.id({ required: true }), input: t.arg({ type: RestoreBackupInput, required: true }) },
    resolve: sensitive((_root, { id, input }, ctx) => restoreBackupRun(ctx, id, input).then(asLeft)),
  }),
  deleteBackupRun: t.prismaField({
    type: BackupRun,
    description: 'Deletes a backup and its file. CONFLICT while something is being done with it.',
    rest: { ...route('DELETE', '/:id'), status: 204, view: 'id' },
    authScopes: { can: 'backups:run' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (query, _root, { id }, ctx) => deleteBackupRun(ctx, id, query),
  }),
}))
