import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export type Answer = { status: number; headers: IncomingHttpHeaders; json: any; text: string; took: number }
export type Call = { method?: string; body?: unknown; headers?: Record<string, string> }

const PATIENCE_MS = 30_000

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A client with connections of its own, kept alive; a call that is cut off rejects. */
export class Caller implements Disposable {
  readonly #agent: Agent
  readonly #url: string
  readonly #key: string | undefined

  constructor(url: string, key?: string, connections = 64) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
    this.#url = url
    this.#key = key
  }

  call(path: string, { method = 'GET', body, headers = {} }: Call = {}): Promise<Answer> {
    const from = performance.now()
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const all = {
      ...(this.#key && { authorization: `Bearer ${this.#key}` }),
      ...(sent !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(sent)),
      }),
      ...headers,
    }
    const options = { method, headers: all, agent: this.#agent, signal: AbortSignal.timeout(PATIENCE_MS) }
    return new Promise((resolve, reject) => {
      const asked = request(this.#url + path, options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part) => (text += part))
        response.on('error', reject).on('end', () => {
          const { statusCode: status = 0, headers } = response
          resolve({ status, headers, text, json: parsed(text), took: performance.now() - from })
        })
      })
      asked.on('error', reject).end(sent)
    })
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call(path, { method: 'POST', body, headers })
  }

  graphql(query: string): Promise<Answer> {
    return this.post('/graphql', { query })
  }

  [Symbol.dispose](): void {
    this.#agent.destroy()
  }
}
