import { once } from 'node:events'
import type { ServerResponse } from 'node:http'

const KEEP_ALIVE_MS = 15_000
/** A client that takes nothing for so long is told, and dropped; it goes on from where it was when it comes back. */
const STALLED_MS = 30_000
const PARTING_MS = 5000
const RETRY_MS = 1000

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
}

export class Stalled extends Error {}

export type Opening = { headers: Record<string, string>; alive: () => void; stalledMs?: number }

/** Server-Sent Events on one answer. Nothing more is sent before the client has taken what was sent before. */
export class EventStream {
  readonly #res: ServerResponse
  readonly #closed = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #stalledMs: number
  #full = false

  /** `alive` is asked every quarter of a minute, while nobody may have anything to say. */
  constructor(res: ServerResponse, { headers, alive, stalledMs = STALLED_MS }: Opening) {
    this.#res = res
    this.#stalledMs = stalledMs
    res.on('close', () => this.#closed.abort())
    res.on('error', () => this.#closed.abort())
    res.writeHead(200, { ...headers, ...HEADERS })
    res.write(`retry: ${RETRY_MS}\n\n`)
    this.#timer = setInterval(() => {
      if (!this.#full) res.write(':\n\n')
      alive()
    }, KEEP_ALIVE_MS).unref()
  }

  /** Aborted when the client is gone. */
  get signal(): AbortSignal {
    return this.#closed.signal
  }

  /** Resolves when the client takes more. */
  async send(event: string, data: string, id?: string): Promise<void> {
    if (this.#closed.signal.aborted || this.#res.writableEnded) return
    const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`
    if (this.#res.write(text)) return
    this.#full = true
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(this.#stalledMs)])
    await once(this.#res, 'drain', { signal }).catch(() => {
      if (!this.#closed.signal.aborted) throw new Stalled('The client takes nothing.')
    })
    this.#full = false
  }

  /** What is said last may still be read; after a while the connection ends anyway. */
  end(text = ''): void {
    clearInterval(this.#timer)
    if (this.#closed.signal.aborted || this.#res.writableEnded) return
    this.#res.end(text)
    setTimeout(() => this.#res.destroy(), PARTING_MS).unref()
  }
}
