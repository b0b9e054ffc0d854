import { pascal } from '../core/casing.ts'
import { CATALOGUE, type EventEntry, toldSchema } from '../core/events/catalogue.ts'

type Document = Record<string, unknown>
type Named = { entry: EventEntry; name: string; schema: Document }

const ABOUT =
  `What happens in an organization is announced as an event, in the transaction of the change, and sent to the webhook
endpoints and subscriptions that ask for it. \`permission\` is what one needs to be told. Receivers should ignore fields that
they do not know.`.replaceAll('\n', ' ')

const RECEIVING = `
A receiver answers 2xx within 15 seconds; anything else, a redirect included, is tried again after 5 s, 5 min, 30 min, 2 h,
5 h, 10 h and 10 h. It may be sent an event twice: \`webhook-id\` is the same then. Check a signature over the body as it came:

- \`webhook-signature\`, as [Standard Webhooks](https://www.standardwebhooks.com) has it: \`v1,\` and the base64 of HMAC-SHA256
  over \`<webhook-id>.<webhook-timestamp>.<body>\`; the key is what follows \`whsec_\` in the secret, in base64. While a rotated
  secret overlaps there are two, separated by a space.
- \`X-Webhook-Signature\`: \`sha256=\` and the hexadecimal HMAC-SHA256 over the body; the key is the secret as it was shown. While
  a rotated secret overlaps it is made with the old one.`

/** Events that tell the same share one schema, named after the first of them. */
function named(): Named[] {
  const names = new Map<string, string>()
  return [...CATALOGUE.values()].map((entry) => {
    const schema = toldSchema(entry.data) as Document
    const text = JSON.stringify(schema)
    const [resource = '', verb] = entry.type.split('.')
    const isFirst = ![...names.values()].includes(pascal(resource))
    const name = names.get(text) ?? pascal(isFirst ? resource : `${resource}_${verb}`)
    names.set(text, name)
    return { entry, name, schema }
  })
}

const schemasOf = (events: readonly Named[]): Document =>
  Object.fromEntries(events.map(({ name, schema }) => [name, schema]))

const ORGANIZATION = {
  type: 'object',
  required: ['id', 'name'],
  properties: { id: { type: 'integer' }, name: { type: 'string' } },
}

/** The whole body of a webhook. */
const payload = (event: object, data: object): Document => ({
  type: 'object',
  required: ['event', 'timestamp', 'organization', 'data'],
  properties: {
    event,
    timestamp: { type: 'string', format: 'date-time', description: 'When it happened, in UTC, to the second.' },
    organization: ORGANIZATION,
    data,
  },
})

/** Every event with what it tells: `schema/events.json`. */
export function eventCatalogue(): Document {
  const events = named()
  const told = events.map(({ entry: { type, description, permission }, name }) => [
    type,
    { description, permission, data: { $ref: `#/$defs/${name}` } },
  ])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Opsgraph events',
    description: ABOUT,
    ...payload({ enum: events.map(({ entry }) => entry.type) }, { type: 'object' }),
    events: Object.fromEntries(told),
    $defs: schemasOf(events),
  }
}

const EXAMPLES: Record<string, object> = {
  'monitor.down': {
    event: 'monitor.down',
    timestamp: '2025-11-15T14:32:00Z',
    organization: { id: 42, name: 'Acme Corp' },
    data: { monitor_id: 7, name: 'Main Website', url: 'https://example.com', error: 'Connection timed out' },
  },
}

const header = (name: string, description: string, example: string) => ({
  ...{ name, in: 'header', required: true, description, schema: { type: 'string' }, example },
})

const HEADERS: Record<string, Document> = {
  WebhookId: header('webhook-id', 'The event; the same whenever it is sent again.', 'evt_4711'),
  WebhookTimestamp: header('webhook-timestamp', 'When it was sent, in seconds since 1970.', '1763217120'),
  WebhookSignature: header(
    'webhook-signature',
    'As Standard Webhooks has it.',
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ),
  BodySignature: header('X-Webhook-Signature', 'HMAC-SHA256 over the body.', `sha256=${'0123456789abcdef'.repeat(4)}`),
}

const RESPONSES: Record<string, Document> = {
  Received: { description: 'Received.' },
  Gone: { description: 'The endpoint is disabled at once.' },
}

const refer = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` })

/** What the payloads of all events have in common. */
const EVENT = payload({ type: 'string' }, { type: 'object' })

const body = (type: string, name: string): Document => ({
  schema: {
    allOf: [
      refer('schemas', 'Event'),
      { type: 'object', properties: { event: { const: type }, data: refer('schemas', name) } },
    ],
  },
  ...(EXAMPLES[type] && { example: EXAMPLES[type] }),
})

const received = ({ entry: { type, description, permission }, name }: Named): Document => ({
  post: {
    operationId: type.replace('.', '_'),
    tags: [type.split('.')[0]],
    summary: type,
    description: `${description}\n\nSent to endpoints whose maker has the permission \`${permission}\`.`,
    parameters: Object.keys(HEADERS).map((header) => refer('parameters', header)),
    requestBody: { required: true, content: { 'application/json': body(type, name) } },
    responses: { '2XX': refer('responses', 'Received'), '410': refer('responses', 'Gone') },
  },
})

/** The same for people: what a receiver is sent, as an OpenAPI document of webhooks. */
export function eventReference(version: string): Document {
  const events = named()
  return {
    openapi: '3.1.0',
    info: {
      title: 'Opsgraph: events',
      version,
      description: `${ABOUT}\n${RECEIVING}`,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: 'https://receiver.test', description: 'The address of your endpoint.' }],
    security: [],
    webhooks: Object.fromEntries(events.map((event) => [event.entry.type, received(event)])),
    components: { schemas: { Event: EVENT, ...schemasOf(events) }, parameters: HEADERS, responses: RESPONSES },
  }
}
