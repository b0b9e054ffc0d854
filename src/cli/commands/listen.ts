import { signatures } from '../../webhooks/courier/sign.ts'
import { newSecret } from '../../webhooks/endpoints/secrets.ts'
import { type Call, type Command, UsageError } from '../command.ts'
import { eventFeed, type Told } from '../event-feed.ts'

const SERVER = 'http://127.0.0.1:4000'
const TIMEOUT_MS = 15_000

async function keyOf(call: Call): Promise<string> {
  const key = call.has('key-stdin') ? (await call.terminal.input()).trim() : call.config().apiKey
  if (key) return key
  throw new UsageError('A key is missing: set OPSGRAPH_API_KEY, or give one with --key-stdin.', call.command.name)
}

function addressOf(call: Call, option: string): string | undefined {
  const text = call.text(option)
  if (text === undefined || /^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new UsageError(`--${option} must be an address like http://127.0.0.1:3000/hook.`, call.command.name)
}

/** As a webhook would be sent, signed by a secret of this command's own. */
async function forwarded({ id, payload }: Told, url: string, secret: string): Promise<string> {
  const headers = signatures({ current: secret, previous: null }, id, new Date(), payload)
  try {
    const { status } = await fetch(url, {
      ...{ method: 'POST', redirect: 'manual', body: payload, signal: AbortSignal.timeout(TIMEOUT_MS) },
      headers: { 'content-type': 'application/json', 'user-agent': 'opsgraph listen', ...headers },
    })
    return String(status)
  } catch (error) {
    const { message, cause } = error as Error
    return `not taken: ${cause instanceof Error ? cause.message : message}`
  }
}

function stopped(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort())
  return stopping.signal
}

export const listen: Command = {
  name: 'listen',
  summary: 'Shows what happens in an organization, and forwards it to your own machine as webhooks would be sent.',
  options: {
    'forward-to': { value: 'address', description: 'Where to forward events, like http://127.0.0.1:3000/hook.' },
    event: { value: 'event', multiple: true, description: 'lead.created, lead.* or *; everything unless given.' },
    server: { value: 'address', description: `The server to listen to; ${SERVER} unless given.` },
    'key-stdin': { description: 'Read a key from standard input; otherwise it is OPSGRAPH_API_KEY.' },
  },
  async run(call) {
    const server = (addressOf(call, 'server') ?? SERVER).replace(/\/+$/, '')
    const [url, key, secret] = [addressOf(call, 'forward-to'), await keyOf(call), newSecret()]
    const types = call.list('event').length ? call.list('event') : ['*']
    const { out, err } = call.terminal
    if (url) err(`forwarding to ${url}; payloads are signed with ${secret}`)
    const lost = (why: string) => err(`${why} Connecting again …`)
    for await (const told of eventFeed({ server, key, types, signal: stopped(), lost })) {
      const answer = url && (await forwarded(told, url, secret))
      const { id, type, at, payload } = told
      if (call.has('json')) out(JSON.stringify({ id, answer, payload: JSON.parse(payload) }))
      else out(`${at}  ${type}  ${id}${answer ? `  → ${answer}` : ''}`)
    }
  },
}
