import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

const BEFORE = 0.1
const AFTER = 0.1
const BROKEN = 0.1
const HANGS = 0.004

export type Effect = { id: string; name: string; body: string; sent: number }

/** Draws the same numbers every time. */
function drawing(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

/**
 * A receiver as they are: of five connections it drops one, before it has read or after it has acted; it answers 500 having
 * acted or not, and sometimes nothing at all. It acts on an id once, as it should.
 */
export class MoodyReceiver implements AsyncDisposable {
  readonly effects = new Map<string, Effect>()
  /** What a receiver must never see. */
  readonly faults: string[] = []
  secret = ''
  moody = true
  requests = 0
  readonly #random = drawing(20_260_523)
  readonly #server = createServer((req, res) => this.#take(req, res))

  static async open(): Promise<MoodyReceiver> {
    const receiver = new MoodyReceiver()
    await once(receiver.#server.listen(0, '127.0.0.1'), 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #take(req: IncomingMessage, res: ServerResponse): void {
    this.requests += 1
    const mood = this.moody ? this.#random() : 1
    if (mood < BEFORE) return void req.socket.destroy()
    let body = ''
    req.on('error', () => {})
    req.setEncoding('utf8').on('data', (part) => (body += part))
    req.on('end', () => this.#answer(req, res, body, mood - BEFORE))
  }

  #answer(req: IncomingMessage, res: ServerResponse, body: string, mood: number): void {
    const acts = mood >= BROKEN / 2
    if (acts) this.#act(req, body)
    if (mood < BROKEN) return void res.writeHead(500).end('broken')
    if (mood < BROKEN + AFTER) return void req.socket.destroy()
    if (mood < BROKEN + AFTER + HANGS) return
    res.writeHead(204).end()
  }

  #act(req: IncomingMessage, body: string): void {
    const id = String(req.headers['webhook-id'])
    try {
      new Webhook(this.secret).verify(body, req.headers as Record<string, string>)
    } catch (error) {
      this.faults.push(`${id}: ${(error as Error).message}`)
    }
    const before = this.effects.get(id)
    if (before) {
      if (before.body !== body) this.faults.push(`${id} came with another body`)
      before.sent += 1
      return
    }
    this.effects.set(id, { id, body, sent: 1, name: JSON.parse(body).data.name })
  }
}
