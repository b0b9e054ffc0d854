import { setTimeout as pause } from 'node:timers/promises'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { AppError } from '../core/errors.ts'

export type Told = { cursor: string; id: string; type: string; at: string; payload: string }

type Asked = { server: string; key: string; types: readonly string[]; signal: AbortSignal; lost: (why: string) => void }
type Message = { data?: { events: Told }; errors?: { message: string }[] }

const QUERY = `subscription ($types: [String!]) { events(types: $types) { cursor id type at payload } }`
const AGAIN_MS = 1000
/** While the server restarts, or is too busy; any other refusal is final. */
const PASSING = new Set([429, 502, 503, 504])

const reasonOf = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message)

async function open({ server, key, types, signal }: Asked, after: string | undefined): Promise<Response> {
  const response = await fetch(`${server}/graphql`, {
    method: 'POST',
    signal,
    headers: {
      ...{ 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${key}` },
      ...(after && { 'last-event-id': after }),
    },
    body: JSON.stringify({ query: QUERY, variables: { types } }),
  })
  if (response.ok) return response
  const { errors = [] } = (await response.json().catch(() => ({}))) as Message
  const sentence = errors[0]?.message ?? `The server answered ${response.status}.`
  if (PASSING.has(response.status)) throw new Error(sentence)
  throw new AppError('INVALID_REQUEST', sentence)
}

async function* messages(response: Response): AsyncGenerator<Told> {
  const parsed = response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { event, data } of parsed) {
    if (event !== 'next') continue
    const { data: told, errors } = JSON.parse(data) as Message
    if (!told) throw new AppError('INVALID_REQUEST', errors?.[0]?.message ?? 'The server ended the stream.')
    yield told.events
  }
}

/** What happens at a server, for as long as nobody stops it; after a break it goes on from where it was. */
export async function* eventFeed(asked: Asked): AsyncGenerator<Told> {
  let after: string | undefined
  while (!asked.signal.aborted) {
    try {
      for await (const told of messages(await open(asked, after))) {
        yield told
        after = told.cursor
      }
      asked.lost('The server ended the stream.')
    } catch (error) {
      if (asked.signal.aborted) return
      if (error instanceof AppError) throw error
      asked.lost(reasonOf(error as Error))
    }
    await pause(AGAIN_MS, undefined, { signal: asked.signal }).catch(() => {})
  }
}
