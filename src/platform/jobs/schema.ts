import { builder } from '../../core/builder.ts'
import { listField } from '../../core/list/connection.ts'
import { rowField } from '../../core/row-field.ts'
import { kindOf, PLAIN_JOB_NAMES } from './kinds.ts'
import { Job, Jobs } from './type.ts'
import { cancelJob, retryJob, startJob } from './verbs.ts'

builder.queryFields((t) => ({
  jobs: listField(t, Jobs, {
    description: 'The organization’s jobs, newest first. Finished ones are forgotten after 30 days.',
    rest: false,
    authScopes: { can: 'jobs:read' },
  }),
  job: rowField(t, Job, 'job', {
    description: 'One job. NOT_FOUND where there is none.',
    rest: false,
    authScopes: { can: 'jobs:read' },
  }),
}))

const meanings = PLAIN_JOB_NAMES.map((name) => `${name} (${kindOf(name).summary})`)

const StartJobInput = builder.inputType('StartJobInput', {
  fields: (t) => ({ name: t.string({ required: true, description: `One of: ${meanings.join(', ')}.` }) }),
})

builder.mutationFields((t) => ({
  startJob: t.field({
    type: Job,
    description: 'Queues a job for the organization, beside those that a schedule queues.',
    rest: false,
    authScopes: { can: 'jobs:manage' },
    args: { input: t.arg({ type: StartJobInput, required: true }) },
    resolve: (_root, { input }, ctx) => startJob(ctx, input),
  }),
  retryJob: t.field({
    type: Job,
    description: 'Queues a job again that failed or was cancelled, with all its attempts. CONFLICT for any other.',
    rest: false,
    authScopes: { can: 'jobs:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => retryJob(ctx, id),
  }),
  cancelJob: t.field({
    type: Job,
    description:
      'Takes a job out of the queue. One that is running is told to stop, and what it has done stays done. CONFLICT where it is finished.',
    rest: false,
    authScopes: { can: 'jobs:manage' },
    args: { id: t.arg.id({ required: true }) },
    resolve: (_root, { id }, ctx) => cancelJob(ctx, id),
  }),
}))
