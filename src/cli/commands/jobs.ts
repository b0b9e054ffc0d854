import type { App } from '../../app.ts'
import type { Context } from '../../core/context.ts'
import type { Job } from '../../db/generated/client.ts'
import { JobState as STATES } from '../../db/generated/enums.ts'
import { SCHEDULED, SCHEDULES } from '../../jobs/schedules.ts'
import { JOB_NAMES } from '../../platform/jobs/kinds.ts'
import { cancelJob, retryJob, startJob } from '../../platform/jobs/verbs.ts'
import { type Call, type Command, type Option, UsageError } from '../command.ts'
import { inNamed, withApp } from '../opened.ts'
import { table } from '../table.ts'

const organization: Option = { value: 'slug', required: true, description: 'Whose jobs.' }
const argument = { name: 'id', description: 'The number that `jobs list` shows.' }
const SHOWN = 50

const inOrganization = <T>(call: Call, work: (ctx: Context) => Promise<T>): Promise<T> =>
  withApp(call, async (app) => work(await inNamed(app, call.needed('organization'))))

function idOf(call: Call): number {
  const id = call.argument()
  if (!/^\d{1,9}$/.test(id)) throw new UsageError('<id> must be the number of a job.', call.command.name)
  return Number(id)
}

const second = (time: Date | null): string => time?.toISOString().slice(0, 19).replace('T', ' ') ?? '–'

const line = ({ id, name, state, attempts, maxAttempts, createdAt, finishedAt, error }: Job): string[] => [
  ...[String(id), name, state, `${attempts} of ${maxAttempts}`, second(createdAt), second(finishedAt), error ?? ''],
]

const told = ({ id, name, state, attempts, maxAttempts, outcome, error, createdAt, startedAt, finishedAt }: Job) => ({
  ...{ id, name, state, attempts, maxAttempts, outcome, error, createdAt, startedAt, finishedAt },
})

function stateOf(call: Call): Job['state'] | undefined {
  const state = call.text('state')
  if (state === undefined || Object.hasOwn(STATES, state)) return state as Job['state'] | undefined
  throw new UsageError(`--state must be one of ${Object.values(STATES).join(', ')}.`, call.command.name)
}

const list: Command = {
  name: 'jobs list',
  summary: 'Lists the latest jobs of an organization.',
  options: {
    organization,
    state: { value: 'state', description: `One of ${Object.values(STATES).join(', ')}.` },
    name: { value: 'name', description: `One of ${JOB_NAMES.join(', ')}.` },
    limit: { value: 'rows', description: `How many at most; ${SHOWN} unless given.` },
  },
  run: (call) => {
    const [state, name] = [stateOf(call), call.text('name')]
    const take = call.number('limit') ?? SHOWN
    return inOrganization(call, async ({ db }) => {
      const where = { ...(state && { state }), ...(name !== undefined && { name }) }
      const jobs = await db.job.findMany({ where, take, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] })
      const heading = ['Id', 'Name', 'State', 'Attempts', 'Queued', 'Finished', 'Error']
      call.print({ jobs: jobs.map(told) }, jobs.length ? table(heading, jobs.map(line)) : 'No such jobs.')
    })
  },
}

const start: Command = {
  name: 'jobs start',
  summary: 'Queues a job for an organization; a worker takes it up.',
  argument: { name: 'name', description: `One of ${JOB_NAMES.join(', ')}.` },
  options: { organization },
  run: (call) =>
    inOrganization(call, async (ctx) => {
      const job = await startJob(ctx, { name: call.argument() })
      call.print(told(job), `Job ${job.id} (${job.name}) is queued.`)
    }),
}

const change = (
  name: string,
  summary: string,
  past: string,
  verb: (ctx: Context, id: number) => Promise<Job>,
): Command => ({
  name,
  summary,
  argument,
  options: { organization },
  run: (call) => {
    const id = idOf(call)
    return inOrganization(call, async (ctx) => {
      const job = await verb(ctx, id)
      call.print(told(job), `Job ${id} (${job.name}) is ${past}.`)
    })
  },
})

const LAST = `
  SELECT data->>'schedule' AS name, max(completed_on) AS last FROM pgboss.job
  WHERE name = $1 AND state = 'completed' GROUP BY 1`

async function lastOf({ query }: App): Promise<Map<string, Date>> {
  const rows = await query<{ name: string; last: Date }>(LAST, [SCHEDULED])
  return new Map(rows.map(({ name, last }) => [name, last]))
}

const schedules: Command = {
  name: 'jobs schedules',
  summary: 'Lists what the server does at set times, and when it last did.',
  options: {},
  run: (call) =>
    withApp(call, async (app) => {
      const last = await lastOf(app)
      const rows = SCHEDULES.map(({ name, cron, summary }) => ({
        name,
        cron,
        summary,
        lastRunAt: last.get(name) ?? null,
      }))
      const lines = rows.map(({ name, cron, summary, lastRunAt }) => [name, cron, second(lastRunAt), summary])
      call.print({ schedules: rows }, table(['Name', 'Cron (UTC)', 'Last run', 'What it does'], lines))
    }),
}

export const jobs: readonly Command[] = [
  list,
  start,
  change('jobs retry', 'Queues a job again that failed or was cancelled.', 'queued again', retryJob),
  change('jobs cancel', 'Takes a job out of the queue, or tells a running one to stop.', 'cancelled', cancelJob),
  schedules,
]
