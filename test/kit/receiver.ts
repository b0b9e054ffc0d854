import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = { headers: Record<string, string>; body: string; path: string }
type Answering = (res: ServerResponse, received: Received) => void

const flat = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

/** Somebody else's server: takes webhooks, and answers as the test wants. */
export class Receiver implements AsyncDisposable {
  readonly received: Received[] = []
  answering: Answering = (res) => res.end('ok')
  readonly #server = createServer((req, res) => {
    let body = ''
    req.setEncoding('utf8').on('data', (part) => (body += part))
    req.on('end', () => {
      const received = { headers: flat(req.headers), body, path: req.url! }
      this.received.push(received)
      this.answering(res, received)
    })
  })

  static async open(port = 0): Promise<Receiver> {
    const receiver = new Receiver()
    await once(receiver.#server.listen(port, '127.0.0.1'), 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  /** Answers this from now on. */
  answers(status: number, body = ''): void {
    this.answering = (res) => res.writeHead(status).end(body)
  }

  /** Drops whoever still waits for an answer. */
  hangUp(): void {
    this.#server.closeAllConnections()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
