import type { ServerResponse } from 'node:http'
import type { ExecutionResult } from 'graphql'
import type { App } from '../app.ts'
import type { Context } from '../core/context.ts'
import { AppError } from '../core/errors.ts'
import { publicError } from '../core/public-error.ts'
import { extensionsOf, requestErrors } from '../graph/execute.ts'
import type { Subscribe, Subscription } from '../graph/subscribe.ts'
import { type Admission, authenticate, bucketHeaders, inChosen } from './admission.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import { EventStream, Stalled } from './event-stream.ts'
import { contextOf, type Payable } from './graph-door.ts'
import type { Asked } from './request.ts'

const MOST_PER_KEY = 20

const tooMany = () =>
  new AppError('RATE_LIMITED', `A key has at most ${MOST_PER_KEY} streams open at a time; close one.`, {
    retryAfter: 5,
  })

const tooSlow = () =>
  new AppError('UNAVAILABLE', 'You were too slow to be told more; connect again and go on from here.')

const cursorOf = (happening: unknown): string | undefined => (happening as { cursor?: string }).cursor

/** An error in the middle of a stream, in the form of any other. */
const failed = (thrown: unknown, requestId: string): string => {
  const error = publicError(thrown instanceof Stalled ? tooSlow() : thrown)
  return JSON.stringify({ errors: [{ message: error.message, extensions: extensionsOf(error, requestId) }] })
}

const last = (data: string): string => `event: next\ndata: ${data}\n\nevent: complete\ndata:\n\n`

type Asking = { asked: Asked; admission: Admission; res: ServerResponse }

/** Everybody who is told what happens: GraphQL subscriptions over Server-Sent Events, in distinct connections. */
export class Streams {
  readonly #app: App
  readonly #subscribe: Subscribe
  readonly #open = new Map<EventStream, string>()

  constructor(app: App, subscribe: Subscribe) {
    this.#app = app
    this.#subscribe = subscribe
  }

  /** Whoever listens comes back elsewhere, and goes on from where they were. */
  end(): void {
    for (const stream of this.#open.keys()) stream.end()
  }

  /** Until the client leaves; an answer where there is nothing to follow. */
  async open({ key, parameters, document }: Payable, asking: Asking): Promise<Answer | undefined> {
    const { asked, admission, res } = asking
    if ([...this.#open.values()].filter((each) => each === key.bucketKey).length >= MOST_PER_KEY) throw tooMany()
    const leaving = new AbortController()
    res.on('close', () => leaving.abort())
    const caller = this.#callerOf(asking, leaving.signal)
    const operation = { document, variables: parameters.variables, name: parameters.operationName }
    const subscription = await this.#subscribe(operation, await caller())
    if (!('source' in subscription)) return refused(subscription, asked.requestId)
    const alive = () => caller().catch((error: unknown) => stream.end(last(failed(error, asked.requestId))))
    const stream: EventStream = new EventStream(res, { headers: bucketHeaders(admission) ?? {}, alive })
    this.#open.set(stream, key.bucketKey)
    admission.stream = true
    try {
      await follow(subscription, stream, caller, asked.requestId)
    } finally {
      this.#open.delete(stream)
    }
    return undefined
  }

  /** The caller as they are now. */
  #callerOf({ asked, admission }: Asking, signal: AbortSignal): () => Promise<Context> {
    const given = asked.req.headers['last-event-id']
    const lastEventId = (Array.isArray(given) ? given[0] : given) || undefined
    const known = async () => (admission.renewed ? admission.renewed() : authenticate(this.#app, asked))
    const chosen = async () => inChosen(this.#app, asked, { cost: 0 }, await known())
    const renewed = async (): Promise<Context> => ({
      ...contextOf(this.#app, await chosen(), asked),
      stream: { lastEventId, signal, renewed },
    })
    return renewed
  }
}

/** A subscription that cannot be followed: its reason is an answer like any other. */
function refused({ errors = [] }: ExecutionResult, requestId: string): Answer {
  const told = requestErrors(errors, requestId)
  const status = Number(told[0]?.extensions?.status ?? 400)
  return jsonAnswer(status, { errors: told })
}

async function follow(
  { source, answer }: Subscription,
  stream: EventStream,
  caller: () => Promise<Context>,
  requestId: string,
): Promise<void> {
  try {
    for await (const happening of source) {
      const result = await answer(happening, await caller())
      await stream.send('next', JSON.stringify(result), cursorOf(happening))
      if (stream.signal.aborted) return
    }
    stream.end()
  } catch (error) {
    stream.end(last(failed(error, requestId)))
  }
}
