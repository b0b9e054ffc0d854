import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  type Endpoint,
  rotateWebhookSecret,
  updateWebhookEndpoint,
} from '../../../webhooks/endpoints/verbs.ts'
import { type Call, type Command, UsageError } from '../../command.ts'
import { table } from '../../table.ts'
import { endpoint as argument, inOrganization, moment, organization, plain } from './printing.ts'

/** `X-Environment: production`. */
function headersOf(call: Call) {
  return call.list('header').map((text) => {
    const [, name, value] = /^([^:]+):\s*(.+)$/.exec(text) ?? []
    if (name === undefined || value === undefined)
      throw new UsageError('--header must be like "X-Environment: production".', call.command.name)
    return { name, value }
  })
}

const stateOf = ({ state, disabledReason, failingSince }: Endpoint): string => {
  if (state === 'disabled') return `disabled: ${disabledReason ?? ''}`
  return failingSince ? `failing since ${moment(failingSince)}` : 'active'
}

const list: Command = {
  name: 'webhooks list',
  summary: 'Lists the webhook endpoints of an organization.',
  options: { organization },
  run: (call) =>
    inOrganization(call, async (ctx) => {
      const endpoints = await ctx.db.webhookEndpoint.findMany({ orderBy: { id: 'asc' } })
      const rows = endpoints.map((each) => [String(each.id), each.url, each.events.join(' '), stateOf(each)])
      const text = rows.length
        ? table(['Id', 'URL', 'Events', 'State'], rows)
        : 'No endpoints yet; create one with: opsgraph webhooks create.'
      call.print({ endpoints: endpoints.map(plain) }, text)
    }),
}

const create: Command = {
  name: 'webhooks create',
  summary: 'Creates a webhook endpoint and prints its secret once.',
  options: {
    organization,
    url: { value: 'address', required: true, description: 'Where events are sent.' },
    event: { value: 'event', required: true, multiple: true, description: 'lead.created, lead.* or *.' },
    description: { value: 'words', description: 'What it is for.' },
    header: { value: 'header', multiple: true, description: 'Sent along, like "X-Environment: production".' },
  },
  run: (call) => {
    const given = { url: call.needed('url'), events: call.list('event'), headers: headersOf(call) }
    const description = call.text('description')
    return inOrganization(call, async (ctx) => {
      const input = { ...given, ...(description !== undefined && { description }) }
      const { shown, ...endpoint } = await createWebhookEndpoint(ctx, input)
      const sentence = `Endpoint ${endpoint.id} is made. Its secret, shown this once:\n\n${shown}`
      call.print({ ...plain(endpoint), secret: shown }, sentence)
    })
  },
}

const rotate: Command = {
  name: 'webhooks rotate',
  summary: 'Gives an endpoint a new secret and prints it once.',
  argument,
  options: {
    organization,
    overlap: {
      value: 'seconds',
      description: 'How long the old secret signs too; 86400 unless given, at most 604800.',
    },
  },
  run: (call) => {
    const id = call.id()
    const overlapSeconds = call.number('overlap')
    return inOrganization(call, async (ctx) => {
      const input = overlapSeconds === undefined ? {} : { overlapSeconds }
      const { shown } = await rotateWebhookSecret(ctx, id, input)
      call.print({ id, secret: shown }, `Endpoint ${id} has a new secret, shown this once:\n\n${shown}`)
    })
  },
}

const standing = (word: 'enable' | 'disable', state: 'active' | 'disabled', summary: string): Command => ({
  ...{ name: `webhooks ${word}`, summary, argument, options: { organization } },
  run: (call) => {
    const id = call.id()
    return inOrganization(call, async (ctx) => {
      const endpoint = await updateWebhookEndpoint(ctx, id, { state })
      call.print(plain(endpoint), `Endpoint ${id} is ${endpoint.state}.`)
    })
  },
})

const remove: Command = {
  name: 'webhooks delete',
  summary: 'Deletes an endpoint with the log of its deliveries.',
  argument,
  options: { organization },
  run: (call) => {
    const id = call.id()
    return inOrganization(call, async (ctx) => {
      const { url } = await deleteWebhookEndpoint(ctx, id)
      call.print({ id, url }, `Endpoint ${id} (${url}) is deleted.`)
    })
  },
}

export const endpoints: readonly Command[] = [
  ...[list, create, rotate],
  standing('enable', 'active', 'Sends an endpoint events again.'),
  standing('disable', 'disabled', 'Sends an endpoint nothing any more; what waits for it is given up.'),
  remove,
]
