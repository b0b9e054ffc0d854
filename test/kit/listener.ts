import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'

export type Said = { id: string | undefined; event: string | undefined; data: any }

/** Somebody who listens to a stream of Server-Sent Events, and may stop taking what is sent. */
export class Listener implements Disposable {
  readonly said: Said[] = []
  readonly status: number
  readonly message: IncomingMessage
  ended = false
  text = ''
  readonly #waiting = new Set<() => void>()

  private constructor(message: IncomingMessage) {
    this.message = message
    this.status = message.statusCode ?? 0
    message.setEncoding('utf8')
    message.on('data', (part: string) => this.#take(part))
    for (const end of ['end', 'close', 'error']) message.on(end, () => this.#ended())
  }

  static async open(
    url: string,
    key: string,
    query: string,
    { variables = {}, headers = {} }: { variables?: object; headers?: Record<string, string> } = {},
  ): Promise<Listener> {
    const body = JSON.stringify({ query, variables })
    const sent = { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${key}` }
    return new Promise((resolve, reject) => {
      request(`${url}/graphql`, { method: 'POST', agent: false, headers: { ...sent, ...headers } }, (message) =>
        resolve(new Listener(message)),
      )
        .on('error', reject)
        .end(body)
    })
  }

  /** What was said, once it was so much. */
  async until(count: number, milliseconds = 10_000): Promise<Said[]> {
    await this.#so(() => this.said.length >= count, milliseconds, `${count} were wanted`)
    return this.said
  }

  end(milliseconds = 10_000): Promise<void> {
    return this.#so(() => this.ended, milliseconds, 'an end was wanted')
  }

  get lastId(): string | undefined {
    return this.said.findLast(({ id }) => id !== undefined)?.id
  }

  [Symbol.dispose](): void {
    this.message.destroy()
  }

  async #so(so: () => boolean, milliseconds: number, wanted: string): Promise<void> {
    const late = performance.now() + milliseconds
    while (!so()) {
      const left = late - performance.now()
      if (left <= 0) throw new Error(`${wanted}; there are ${this.said.length}: ${this.text.slice(-500)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        const woken = () => {
          clearTimeout(timer)
          this.#waiting.delete(woken)
          resolve()
        }
        this.#waiting.add(woken)
      })
    }
  }

  #take(part: string): void {
    this.text += part
    const blocks = this.text.split('\n\n')
    this.text = blocks.pop()!
    for (const block of blocks) this.#read(block)
    this.#wake()
  }

  #read(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => {
        const [name = '', ...rest] = line.split(': ')
        return [name.replace(/:$/, ''), rest.join(': ')] as const
      }),
    )
    if (!fields.has('event')) return
    const data = fields.get('data')
    this.said.push({ id: fields.get('id'), event: fields.get('event'), data: data ? JSON.parse(data) : undefined })
  }

  #ended(): void {
    this.ended = true
    this.#wake()
  }

  #wake(): void {
    for (const woken of [...this.#waiting]) woken()
  }
}
