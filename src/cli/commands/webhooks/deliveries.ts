import { replayWebhookEvents, retryWebhookDelivery, testWebhookEndpoint } from '../../../webhooks/deliveries/verbs.ts'
import { type Command, UsageError } from '../../command.ts'
import { table } from '../../table.ts'
import { endpoint as argument, inOrganization, moment, organization, plain } from './printing.ts'

const MOST = 200

const test: Command = {
  name: 'webhooks test',
  summary: 'Sends an endpoint an event that says no more than that this was asked for.',
  argument,
  options: { organization },
  run: (call) => {
    const id = call.id()
    return inOrganization(call, async (ctx) => {
      const delivery = await testWebhookEndpoint(ctx, id)
      call.print(plain(delivery), `Delivery ${delivery.id} is on its way; see: opsgraph webhooks deliveries ${id}`)
    })
  },
}

const deliveries: Command = {
  name: 'webhooks deliveries',
  summary: 'Lists what was sent to an endpoint, the latest first.',
  argument,
  options: {
    organization,
    state: { value: 'state', description: 'pending, delivered or failed.' },
    limit: { value: 'rows', description: `How many; 20 unless given, at most ${MOST}.` },
  },
  run: (call) => {
    const webhookEndpointId = call.id()
    const state = call.text('state')
    const take = Math.min(call.number('limit') ?? 20, MOST)
    if (state !== undefined && !['pending', 'delivered', 'failed'].includes(state))
      throw new UsageError('--state must be pending, delivered or failed.', call.command.name)
    return inOrganization(call, async (ctx) => {
      const where = { webhookEndpointId, ...(state && { state: state as 'pending' }) }
      const found = await ctx.db.webhookDelivery.findMany({ where, orderBy: { id: 'desc' }, take })
      const rows = found.map((each) => [
        ...[String(each.id), moment(each.createdAt), each.eventType, each.state, String(each.attempts)],
        ...[String(each.lastStatus ?? '–'), each.lastError ?? '', moment(each.nextAttemptAt)],
      ])
      const heading = ['Id', 'Made', 'Event', 'State', 'Attempts', 'Status', 'Error', 'Next attempt']
      call.print({ deliveries: found.map(plain) }, rows.length ? table(heading, rows) : 'Nothing was sent to it.')
    })
  },
}

const retry: Command = {
  name: 'webhooks retry',
  summary: 'Sends an event to its endpoint again.',
  argument: { name: 'id', description: 'The number that `webhooks deliveries` shows.' },
  options: { organization },
  run: (call) => {
    const id = call.id()
    return inOrganization(call, async (ctx) => {
      const delivery = await retryWebhookDelivery(ctx, id)
      call.print(plain(delivery), `Delivery ${id} is on its way again.`)
    })
  },
}

const replay: Command = {
  name: 'webhooks replay',
  summary: 'Sends an endpoint every event since a time again.',
  argument,
  options: {
    organization,
    since: { value: 'time', required: true, description: 'Like 2027-01-31T00:00:00Z; events are kept for 30 days.' },
    until: { value: 'time', description: 'Now unless given.' },
    'failed-only': { description: 'Leave out what was delivered.' },
  },
  run: (call) => {
    const id = call.id()
    const input = { since: call.time('since'), until: call.time('until'), failedOnly: call.has('failed-only') }
    return inOrganization(call, async (ctx) => {
      const { count, nextSince } = await replayWebhookEvents(ctx, id, input)
      const more = nextSince ? ` There are more: go on with --since ${moment(nextSince)}.` : ''
      call.print({ id, count, nextSince }, `${count} event${count === 1 ? ' is' : 's are'} on the way.${more}`)
    })
  },
}

export const deliveryCommands: readonly Command[] = [test, deliveries, retry, replay]
