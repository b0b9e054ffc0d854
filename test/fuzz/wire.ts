import { Agent, request } from 'node:http'

export const SLOWEST_MS = 2000

export type Reply = { status: number; type: string; requestId: string; text: string; json: any; milliseconds: number }
export type Sent = {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string | Buffer | undefined
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A client that corrects nothing of what it is told to send. */
export class Wire {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })
  readonly #url: URL
  readonly #key: string

  constructor(url: string, key: string) {
    this.#url = new URL(url)
    this.#key = key
  }

  send({ method, path, headers = {}, body }: Sent): Promise<Reply> {
    const from = performance.now()
    const { hostname, port } = this.#url
    const all = { authorization: `Bearer ${this.#key}`, ...headers }
    return new Promise((resolve, reject) => {
      const asked = request({ agent: this.#agent, hostname, port, method, path, headers: all }, (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString()
          const { statusCode: status = 0, headers: got } = answer
          const type = got['content-type'] ?? ''
          const requestId = String(got['x-request-id'] ?? '')
          resolve({ status, type, requestId, text, json: parsed(text), milliseconds: performance.now() - from })
        })
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  /** How long an answer takes at its best: what is slow is slow again, what the machine did beside it is not. */
  async slowness(sent: Sent, reply: Reply): Promise<number> {
    return reply.milliseconds < SLOWEST_MS ? reply.milliseconds : (await this.send(sent)).milliseconds
  }

  close(): void {
    this.#agent.destroy()
  }
}
