import { z } from 'zod'
import { type Context, row, transaction } from '../../core/context.ts'
import { AppError, invalid } from '../../core/errors.ts'
import { found } from '../../core/found.ts'
import { lockRow } from '../../core/lock.ts'
import { record, told } from '../../core/record.ts'
import { type Input, validated } from '../../core/validate.ts'
import { updateRow } from '../../core/write.ts'
import type { Transaction } from '../../db/client.ts'
import type { WebhookDelivery } from '../../db/generated/client.ts'
import { refuseBroader, toldTo } from '../endpoints/reads.ts'
import { TABLE as ENDPOINT } from '../endpoints/secrets.ts'
import { type Endpoint, heldEndpoint } from '../endpoints/verbs.ts'
import { replay, sendLastTo } from './replay.sql.ts'

const DELIVERY = { name: 'webhook_delivery' } as const
const MOST_REPLAYED = 10_000

function assertActive({ state }: Pick<Endpoint, 'state'>): void {
  if (state !== 'active') throw new AppError('CONFLICT', 'The endpoint is disabled; set its state to active first.')
}

async function held(tx: Transaction, ctx: Context, id: number) {
  await lockRow(tx, ctx, DELIVERY.name, id)
  return tx.webhookDelivery.findUnique({ where: row(ctx, id) })
}

function assertRetryable({ state, nextAttemptAt, lease }: WebhookDelivery, now: Date): void {
  if (state !== 'pending') return
  if (lease !== null && nextAttemptAt! > now) throw new AppError('CONFLICT', 'It is being tried at this moment.')
  if (nextAttemptAt! <= now) throw new AppError('CONFLICT', 'It is about to be tried anyway.')
}

/** Sends an event to its endpoint again, at once and from the beginning of the schedule. */
export const retryWebhookDelivery = (ctx: Context, id: number): Promise<WebhookDelivery> =>
  updateRow(ctx, DELIVERY, {
    verb: 'retried',
    read: (tx) => held(tx, ctx, id),
    write: async (tx, before) => {
      const now = ctx.clock.now()
      assertRetryable(before, now)
      const { webhookEndpointId } = before
      assertActive(await tx.webhookEndpoint.findUniqueOrThrow({ where: row(ctx, webhookEndpointId) }))
      const data = { state: 'pending' as const, failures: 0, nextAttemptAt: now, lease: null }
      return tx.webhookDelivery.update({ where: row(ctx, id), data })
    },
  })

/** Sends an endpoint an event that says no more than that this was asked for. */
export const testWebhookEndpoint = (ctx: Context, id: number): Promise<WebhookDelivery> =>
  transaction(ctx, async (tx) => {
    const endpoint = await found(ENDPOINT, heldEndpoint(tx, ctx, id))
    assertActive(endpoint)
    await record(tx, ctx, { type: 'webhook_endpoint.tested', target: { type: ENDPOINT, id }, data: told(endpoint) })
    const [sent] = await sendLastTo(tx, ctx.organizationId, id, ctx.clock.now())
    return tx.webhookDelivery.findUniqueOrThrow({ where: row(ctx, Number(sent!.id)) })
  })

const time = z.object({ since: z.date(), until: z.date().nullish(), failedOnly: z.boolean().default(false) })

export type Replayed = { count: number; nextSince: Date | null; webhookEndpointId: number }

/** Sends an endpoint everything that it asks for and that happened since then, again or for the first time. */
export async function replayWebhookEvents(ctx: Context, id: number, input: Input): Promise<Replayed> {
  const { since, until: given, failedOnly } = validated(time, input)
  const now = ctx.clock.now()
  const until = given ?? now
  if (since > until) throw invalid('since', 'must not be later than until, or now.')
  return transaction(ctx, async (tx) => {
    const endpoint = await found(ENDPOINT, heldEndpoint(tx, ctx, id))
    assertActive(endpoint)
    refuseBroader(ctx, endpoint)
    const types = toldTo(endpoint).map(({ type }) => type)
    const { organizationId } = ctx
    const wish = { organizationId, endpointId: id, types, since, until, failedOnly, now, most: MOST_REPLAYED }
    const { count, seen, last } = await replay(tx, wish)
    const data = { id, since, until, failedOnly, count }
    await record(tx, ctx, { type: 'webhook_endpoint.replayed', target: { type: ENDPOINT, id }, data })
    return { count, nextSince: seen === MOST_REPLAYED ? last : null, webhookEndpointId: id }
  })
}
