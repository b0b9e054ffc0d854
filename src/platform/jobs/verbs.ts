import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { type Context, row } from '../../core/context.ts'
import { AppError } from '../../core/errors.ts'
import { lockRow } from '../../core/lock.ts'
import { type Input, validated } from '../../core/validate.ts'
import { insertRow, insertRows, updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import type { Job } from '../../db/generated/client.ts'
import { type JobName, kindOf, PLAIN_JOB_NAMES } from './kinds.ts'

export const JOB = { name: 'job' } as const

const UNFINISHED: readonly Job['state'][] = ['queued', 'running', 'retrying']

const order = z.object({ name: z.enum(PLAIN_JOB_NAMES, `must be one of ${PLAIN_JOB_NAMES.join(', ')}.`) })

const asked = (ctx: Context, name: JobName) => ({
  organizationId: ctx.organizationId,
  name,
  maxAttempts: kindOf(name).attempts,
  requestId: ctx.requestId,
  createdAt: ctx.clock.now(),
})

/** Asks for a job: a worker is told when this is committed. */
export function startJob(ctx: Context, input: Input) {
  const { name } = validated(order, input)
  return insertRow(ctx, JOB, 'Job', asked(ctx, name))
}

/** Asks for a job in the transaction of what it is about; answers its number. */
export async function startJobAbout(tx: Transaction, ctx: Context, name: JobName, input: object): Promise<number> {
  const [id] = await insertRows(tx, ctx, JOB, 'Job', [{ data: { ...asked(ctx, name), input } }])
  return id!
}

/** Held, because a worker may be changing it as well. */
const held = (ctx: Context, id: number) => async (tx: Parameters<typeof lockRow>[0]) => {
  await lockRow(tx, ctx, 'job', id)
  return tx.job.findUnique({ where: row(ctx, id) })
}

/** Once more from the beginning, with all attempts. */
export const retryJob = (ctx: Context, id: number) =>
  updateRow(ctx, JOB, {
    verb: 'retried',
    read: held(ctx, id),
    write: (tx, { state }) => {
      if (state !== 'failed' && state !== 'cancelled')
        throw new AppError('CONFLICT', `Only a job that failed or was cancelled can be retried; this one: ${state}.`)
      const data = {
        state: 'queued',
        attempts: 0,
        runAt: null,
        finishedAt: null,
        ticket: randomUUID(),
        handedOver: false,
      } as const
      return tx.job.update({ where: row(ctx, id), data })
    },
  })

/** A running job is told to stop; what it has done stays done. */
export const cancelJob = (ctx: Context, id: number) =>
  updateRow(ctx, JOB, {
    verb: 'cancelled',
    read: held(ctx, id),
    write: (tx, { state }) => {
      if (!UNFINISHED.includes(state)) throw new AppError('CONFLICT', `This job is finished already: ${state}.`)
      return tx.job.update({ where: row(ctx, id), data: { state: 'cancelled', finishedAt: ctx.clock.now() } })
    },
  })
