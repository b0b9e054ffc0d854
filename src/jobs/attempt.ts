import type { App } from '../app.ts'
import { systemContext } from '../context.ts'
import { type Context, row } from '../core/context.ts'
import { publicError } from '../core/public-error.ts'
import { updateRow } from '../core/write.ts'
import { type JobName, kindOf } from '../platform/jobs/kinds.ts'
import { JOB } from '../platform/jobs/verbs.ts'
import type { Ticket } from './boss.ts'
import { BEGIN, PUT_BACK, RETRY, SUCCEED } from './job.sql.ts'
import { WORK } from './work.ts'

export type Outcome = 'succeeded' | 'retrying' | 'failed' | 'cancelled' | 'expired' | 'put back'
/** Why an attempt is to stop: somebody cancelled the job, the process ends, or it took too long, which the queue judges. */
export type Told = { cancelled: AbortSignal; stopping: AbortSignal; expired: AbortSignal }
export type Observe = (name: JobName, outcome: Outcome, seconds: number) => void

type Begun = { name: JobName; input: unknown; attempts: number; maxAttempts: number; requestId: string }

/** What trying again may mend. Anything else that was refused is refused again. */
const PASSING = new Set(['INTERNAL_ERROR', 'UNAVAILABLE', 'RATE_LIMITED', 'CONFLICT'])

/** No attempt follows: announced, so that somebody hears of it. */
export const failJob = (ctx: Context, { id, ticket }: Ticket, error: string) =>
  updateRow(ctx, JOB, {
    verb: 'failed',
    read: (tx) => tx.job.findUnique({ where: row(ctx, id) }),
    write: async (tx, before) => {
      if (before.ticket !== ticket || before.finishedAt) return before
      const data = { state: 'failed', error, finishedAt: ctx.clock.now() } as const
      return tx.job.update({ where: row(ctx, id), data })
    },
  })

/** Seconds to the next attempt: doubled each time, and up to a quarter more, so that what failed together does not return together. */
const delayOf = ({ name, attempts }: Begun): number =>
  kindOf(name).retryAfter * 2 ** (attempts - 1) * (1 + Math.random() / 4)

async function failed(app: App, ctx: Context, ticket: Ticket, begun: Begun, cause: unknown): Promise<Outcome> {
  const { code, message } = publicError(cause)
  app.log.warn(
    { error: cause, job: ticket, name: begun.name, requestId: begun.requestId },
    'an attempt of a job failed',
  )
  const { organizationId, id } = ticket
  if (begun.attempts >= begun.maxAttempts || !PASSING.has(code)) {
    await failJob(ctx, ticket, message)
    return 'failed'
  }
  await app.query(RETRY, [organizationId, id, ticket.ticket, message, delayOf(begun)])
  return 'retrying'
}

async function run(app: App, ticket: Ticket, begun: Begun, told: Told): Promise<Outcome> {
  const { organizationId, id } = ticket
  const signal = AbortSignal.any(Object.values(told))
  if (signal.aborted) return cutShort(app, ticket, told)
  const ctx = systemContext(app, organizationId, begun.requestId)
  try {
    const outcome = await WORK[begun.name](ctx, begun.input, signal)
    if (signal.aborted) return await cutShort(app, ticket, told)
    await app.query(SUCCEED, [organizationId, id, ticket.ticket, JSON.stringify(outcome), app.clock.now()])
    return 'succeeded'
  } catch (error) {
    if (signal.aborted) return await cutShort(app, ticket, told)
    return await failed(app, ctx, ticket, begun, error)
  }
}

async function cutShort(
  app: App,
  { organizationId, id, ticket }: Ticket,
  { cancelled, stopping }: Told,
): Promise<Outcome> {
  if (cancelled.aborted) return 'cancelled'
  if (!stopping.aborted) return 'expired'
  await app.query(PUT_BACK, [organizationId, id, ticket])
  return 'put back'
}

/** One attempt, from its beginning to what is known of it afterwards. */
export async function attempt(app: App, ticket: Ticket, told: Told, observe: Observe): Promise<void> {
  const { organizationId, id } = ticket
  const [begun] = await app.query<Begun>(BEGIN, [organizationId, id, ticket.ticket, app.clock.now()])
  if (!begun) return
  const from = performance.now()
  const outcome = await run(app, ticket, begun, told)
  observe(begun.name, outcome, (performance.now() - from) / 1000)
}
