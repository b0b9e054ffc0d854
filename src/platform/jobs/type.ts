import { builder } from '../../core/builder.ts'
import { enumOf } from '../../core/enums.ts'
import { defineList } from '../../core/list/declare.ts'
import { JobState as STATES } from '../../db/generated/enums.ts'
import { JOB_NAMES } from './kinds.ts'

export const JobState = enumOf(
  'JobState',
  STATES,
  'Where a job stands. RETRYING: an attempt failed and another one follows. FAILED: none follows, unless it is retried by hand.',
)

export const Job = builder.prismaObject('Job', {
  description: 'Work that is done for the organization beside requests.',
  authScopes: { can: 'jobs:read' },
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name', { description: `What is done: ${JOB_NAMES.join(', ')}.` }),
    state: t.expose('state', { type: JobState }),
    input: t.expose('input', { type: 'JSON', description: 'What it was given; {} where it needs nothing.' }),
    attempts: t.exposeInt('attempts', { description: 'How often it was begun since it was queued.' }),
    maxAttempts: t.exposeInt('maxAttempts', { description: 'How often it is begun before it has failed.' }),
    outcome: t.expose('outcome', { type: 'JSON', nullable: true, description: 'What it told when it was done.' }),
    error: t.exposeString('error', { nullable: true, description: 'What the last attempt that failed met.' }),
    requestId: t.exposeString('requestId', {
      description: 'Whose doing it is: the X-Request-Id of the request that asked for it, or that of a schedule.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    runAt: t.expose('runAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the next attempt follows one that failed.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it was last begun.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it succeeded, failed or was cancelled.',
    }),
  }),
})

const COLUMNS = {
  name: 'String',
  state: JobState,
  attempts: 'Int',
  requestId: 'String',
  createdAt: 'DateTime',
  startedAt: 'DateTime',
  finishedAt: 'DateTime',
} as const

export const Jobs = defineList({
  model: 'Job',
  filter: COLUMNS,
  order: ['id', 'name', 'state', 'attempts', 'createdAt', 'startedAt', 'finishedAt'],
  defaultOrder: '-createdAt',
})
