import pg from 'pg'

export type Listening = { close(): Promise<void> }

/** Hears a channel; says so whenever hearing begins or ends, since what was said in between is lost. */
export type Listen = (channel: string, hear: (payload: string) => void, connected: (up: boolean) => void) => Listening

type Options = { log(message: string, cause?: unknown): void; retryAfter?: (attempt: number) => number }

const soonThenSlower = (attempt: number) => Math.min(100 * 2 ** attempt, 5000)

/** LISTEN on a connection of its own, which comes back by itself. */
export const postgresListen =
  (connection: pg.ClientConfig, options: Options): Listen =>
  (channel, hear, connected) =>
    new Ear(connection, options, { channel, hear, connected })

type Wish = { channel: string; hear: (payload: string) => void; connected: (up: boolean) => void }

class Ear implements Listening {
  readonly #connection: pg.ClientConfig
  readonly #options: Options
  readonly #wish: Wish
  #client: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  #attempt = 0
  #closed = false

  constructor(connection: pg.ClientConfig, options: Options, wish: Wish) {
    this.#connection = connection
    this.#options = options
    this.#wish = wish
    void this.#connect()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#client?.end()
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({ ...this.#connection, keepAlive: true, connectionTimeoutMillis: 5000 })
    this.#client = client
    client.on('error', (cause) => this.#lost(client, cause))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ payload }) => this.#wish.hear(payload ?? ''))
    try {
      await client.connect()
      await client.query(`LISTEN ${pg.escapeIdentifier(this.#wish.channel)}`)
      this.#attempt = 0
      if (client === this.#client) this.#wish.connected(true)
    } catch (cause) {
      this.#lost(client, cause)
    }
  }

  #lost(client: pg.Client, cause?: unknown): void {
    if (client !== this.#client) return
    this.#client = undefined
    this.#wish.connected(false)
    void client.end().catch(() => {})
    if (this.#closed) return
    const { log, retryAfter = soonThenSlower } = this.#options
    log(`listening on ${this.#wish.channel} was interrupted`, cause)
    this.#timer = setTimeout(() => this.#connect(), retryAfter(this.#attempt++)).unref()
  }
}
